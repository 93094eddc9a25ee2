"""Where mappings come from: one module per kind of source, and a registry that knows which word names which."""
