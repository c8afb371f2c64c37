"""AWS Service Catalog: one module per noun of the service."""
