"""What the hub and its spokes must agree on: contract, names, providers, policies, errors."""
