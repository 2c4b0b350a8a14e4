"""Pages of the report beside its pictures."""
