"""How a form looks: the templates and the small Markdown behind `web.fields`."""
