"""What a spoke makes in AWS: roles, access to portfolios, provisioned products."""
