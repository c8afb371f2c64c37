"""What hub and spokes agree on: contract, lifecycle, versions, rules, cost. Pure: no Pulumi, no AWS."""
