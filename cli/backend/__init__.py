"""Makes the place where the states of all stacks are kept."""
