"""Configuration: reading, merging, validation against the schema, and the typed form the package uses."""
