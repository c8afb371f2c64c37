"""What is offered: the shapes, loading and rules of the files under `hub/catalog`. No Pulumi."""
