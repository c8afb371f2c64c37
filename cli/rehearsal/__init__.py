"""A copy of the project on the sandbox: the demo, and what tests and benchmarks run on."""
