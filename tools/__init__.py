"""How the tool chain is obtained, and the commands behind the Makefile."""
