"""Published mapping sets by name: which there are, where they lie, and how their bytes come here, verified."""
