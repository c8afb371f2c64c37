"""What would change inside the provisioned products of a spoke: make plan-spoke-<name>."""
