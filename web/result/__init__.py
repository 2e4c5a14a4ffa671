"""Pages of results and certificates."""
