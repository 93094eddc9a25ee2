"""Lists in rows and columns, as text and as Excel."""
