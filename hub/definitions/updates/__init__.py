"""What an update does to the resources of a launch, reckoned from templates and the registry's schemas, without AWS."""
