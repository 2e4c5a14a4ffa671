"""From the JSON of a `.form` to the tree of `engine.form.model`, with every remark on the way."""
