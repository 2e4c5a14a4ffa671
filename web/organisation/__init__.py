"""The way in: the portal's home page, signing in and out, the role, the password, one's own account."""
