"""Many spokes at once: which of them would change, rolling the change out in waves, and what became of it."""
