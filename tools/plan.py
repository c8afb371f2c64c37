"""`python -m tools.plan --stack spoke-research`: the former name of `model-catalog stack plan spoke-research`."""

from tools.former import run

run("stack", "plan")
