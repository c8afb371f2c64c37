"""What a platform team enforces on stacks, as a policy pack for the Pulumi CLI: see docs/policy.md."""
