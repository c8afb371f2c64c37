"""`python -m tools.adopt --stack hub`: the former name of `model-catalog stack adopt hub`."""

from tools.former import run

run("stack", "adopt")
