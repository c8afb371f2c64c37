"""Which spokes would change, and why."""
