"""What the verbs of `fleet what-if` do: a change of the catalog, foreseen for all spokes without AWS."""
