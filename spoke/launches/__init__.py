"""A launch, resolved against the contract. Pure: no Pulumi, no AWS."""
