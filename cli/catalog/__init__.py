"""What the commands of models do to the catalog's files."""
