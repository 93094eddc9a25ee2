"""The unified form of Mappings Explorer, as JSON and as YAML."""
