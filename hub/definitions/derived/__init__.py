"""The rights that a template's launches take, by the schemas of its resource types (docs/adr/0030)."""
