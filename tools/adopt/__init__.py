"""Takes over what is there already: make adopt STACK=hub."""
