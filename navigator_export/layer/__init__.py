"""A Navigator layer: its format, and the steps from selected mappings to a whole one."""
