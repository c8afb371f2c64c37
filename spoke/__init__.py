"""The Pulumi program of a spoke account: it takes models from the catalog and launches them."""
