"""What is kept beside the state: records and leases."""
