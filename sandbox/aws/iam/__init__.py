"""IAM and STS: who calls, and what policies let them do."""
