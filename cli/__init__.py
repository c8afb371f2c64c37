"""`model-catalog`: the one front door."""
