"""What a launch role needs to build the template that tests launch, and what it built."""

from typing import Any

from tests.sandbox.stage import RESEARCH, Stage

CLOUDFORMATION: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "cloudformation:*", "Resource": f"arn:aws:cloudformation:*:{RESEARCH}:stack/SC-*"},
    {"Effect": "Allow", "Action": "cloudformation:GetTemplateSummary", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
    },
]
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": f"arn:aws:logs:*:{RESEARCH}:log-group:SC-*"}


def groups(stage: Stage, account: str = RESEARCH) -> set[str]:
    found = stage.client("logs", account).describe_log_groups()["logGroups"]
    return {group["logGroupName"] for group in found}
