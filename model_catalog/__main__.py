"""`python -m model_catalog`: the command line, where its script is not on PATH."""

from model_catalog import main

main()
