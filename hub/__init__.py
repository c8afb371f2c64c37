"""The Pulumi program of the hub account: it publishes the catalog and shares it."""
