"""`python -m cli`: the same as `model-catalog`, from a checkout whose environment is another one's."""

from cli.app import main

main()
