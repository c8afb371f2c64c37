"""The Pulumi program of the management account: it lets the hub share portfolios with the organization."""
