"""Roles that were only just made: whoever assumes one has to wait until IAM knows it everywhere."""

import time
from typing import Any

from botocore.exceptions import ClientError

_MOST_SECONDS = 5.0
_PAUSE_SECONDS = 0.02


def assumed(sts: Any, arn: str, session: str = "test") -> dict[str, str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Assume a role, again while it is refused: a new one, and one with a new trust policy, is known after seconds."""
    begun = time.monotonic()
    while True:
        try:
            return sts.assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]
        except ClientError as problem:
            if "AccessDenied" not in str(problem) or time.monotonic() - begun > _MOST_SECONDS:
                raise
        time.sleep(_PAUSE_SECONDS)
