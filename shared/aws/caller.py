"""Who the credentials at hand are of, and whether they are those of the very role that settings name.

A job of CI signs in as the deployer itself, and people assume it. A role may not assume itself unless its trust policy
says so (source: IAM User Guide, "AssumeRole for the current role"), so for the first the step is left out.
"""

import os
import re
from functools import cache
from typing import Final

from shared.aws.arn import Arn
from shared.errors import ConfigError

VIEWER: Final = "MODEL_CATALOG_VIEWER"
"""The name of a role that may only look. Where it is set, previews work as that role of the same account in place of
each `assumeRole`: what somebody proposes runs before anybody has read it."""

CALLER: Final = "MODEL_CATALOG_CALLER"
"""Set by whoever has asked already, for the programs that it starts: to ask takes them a third of a second."""

_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
"""Source: IAM API reference, CreateRole."""


def role_at_work(role: str | None) -> str | None:
    """Give the role to work as where a stack's settings name one: that one, or of the same account the one that looks.

    Raises:
        ConfigError: the environment names no role.
    """
    name = os.environ.get(VIEWER, "")
    if not (role and name):
        return role
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"invalid value {name!r}. Expected the name of a role that may only look, without its account and path, "
            f"such as ModelCatalogViewer.",
            code="viewer-no-name",
            place=VIEWER,
        )
    found = Arn.parse(role)
    return f"arn:{found.partition}:iam::{found.account}:role/{name}"


def deploying(role: str | None, caller: str) -> str:
    """Give the session that deploys: the caller's, or where it only looks one of the role that will."""
    if not role or role_at_work(role) == role:
        return caller
    found = Arn.parse(role)
    return f"arn:{found.partition}:sts::{found.account}:assumed-role/{found.name}/model-catalog"


def refuse_to_change_as_viewer() -> None:
    """Refuse to change anything where the environment says that this only looks. Raises ConfigError."""
    if name := os.environ.get(VIEWER):
        raise ConfigError(
            f"{name} only looks, and changes nothing. Run a preview, or run this without {VIEWER}, as the role of the "
            f"settings.",
            code="viewer-changes",
            place=VIEWER,
        )


def works_as(role: str | None, *, region: str) -> bool:
    """Say whether the credentials at hand are those of a role already; not where that cannot be found out."""
    return role is not None and is_session_of(caller_at_hand(region), role)


def is_session_of(caller: str, role: str) -> bool:
    """Say whether a caller is a session of a role, whose path a session does not tell."""
    if ":assumed-role/" not in caller:
        return False
    session, wanted = Arn.parse(caller), Arn.parse(role)
    name = session.resource.split("/")[1]
    return (session.partition, session.account, name) == (wanted.partition, wanted.account, wanted.name)


def caller_at_hand(region: str) -> str:
    """Give the ARN of whoever the credentials are of; empty where they cannot be a role's, or AWS does not answer.

    Everybody may ask who they are (source: STS API reference, GetCallerIdentity). Whoever needs the credentials next is
    told what is wrong with them.
    """
    known = os.environ.get(CALLER)
    if known is not None:
        return known
    return _asked(region) if may_be_a_role() else ""


def may_be_a_role() -> bool:
    """Say whether the credentials can be a role's: a user's own keys have no token, and come before all others."""
    return bool(os.environ.get("AWS_SESSION_TOKEN")) or not os.environ.get("AWS_ACCESS_KEY_ID")


@cache
def _asked(region: str) -> str:
    # Loaded here, since most runs do without.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from shared.aws.clients import made  # noqa: PLC0415
    from shared.errors import UnreachableError  # noqa: PLC0415

    try:
        session = boto3.Session()
        where = region or session.region_name or "us-east-1"
        sts = made(session, "sts", region_name=where, config=Config(connect_timeout=10, read_timeout=30))
        return str(sts.get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError, UnreachableError):
        return ""
