"""What a change of the catalog would do to all spokes, as a document and as a page."""
