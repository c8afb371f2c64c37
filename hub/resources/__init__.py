"""What the hub makes in AWS: one Pulumi component a file."""
