"""What machines read: the index, feeds, bills of materials, the forms of other catalogs, and a server for agents."""
