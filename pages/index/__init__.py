"""The one view of the catalog: what the machine files are written from, and the pages are rendered from."""
