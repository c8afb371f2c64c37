"""What a launch role needs, and what launches leave behind."""

from typing import Any

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.setup import Setup

CLOUDFORMATION: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "arn:aws:cloudformation:*:*:stack/SC-*"},
    {"Effect": "Allow", "Action": "cloudformation:GetTemplateSummary", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
    },
]
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:SC-*"}


def groups(setup: Setup, account: str | None = None) -> set[str]:
    found = setup.client("logs", account or ACCOUNTS.research).get_paginator("describe_log_groups").paginate()
    return {group["logGroupName"] for page in found for group in page["logGroups"]}


def trusting_research() -> dict[str, Any]:
    """A trust policy for whoever administers research."""
    return {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.research}, "Action": "sts:AssumeRole"}
