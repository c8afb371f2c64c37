"""What the commands of stack do, to one stack at a time."""
