"""Pages and the REST interface: who asks, what they mean, what they see. No rules and no SQL."""
