"""AWS, emulated: one folder or module a service."""
