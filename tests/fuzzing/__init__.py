"""Properties of readers on made-up and broken files."""
