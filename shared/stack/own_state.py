"""What a program looks up in its own state before it declares anything.

The engine warns that a run died in the middle, and goes on: whatever was being made is made a second time. And with
another account in the settings it updates nothing of what is there, and a refresh forgets it. The commands of this
project refuse both before they start the engine. This is for whoever runs `pulumi up` by hand. Google's and Azure's
buckets and Pulumi Cloud are not looked into; a destroy and a refresh run no program.
"""

import gzip
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

import pulumi

from shared.errors import ConfigError, StackStateError

LOOKED: Final = "MODEL_CATALOG_LOOKED"
"""Set by whoever has looked already; in a bucket a look takes a third of a second."""

_ENDINGS: Final = (".json", ".json.gz")
_SHOWN: Final = 3
_READ: Final = ("file", "s3")


def refuse_half_done() -> None:
    """Refuse to go on where a run died in the middle, or where the account is not the one that is deployed to.

    Raises:
        StackStateError: names what was under way, and what settles it.
        ConfigError: names both accounts.
    """
    if os.environ.get(LOOKED):
        return
    stack = pulumi.get_stack()
    deployment = _deployment(pulumi.get_project(), stack)
    refuse_other_account(stack, accounts_of(deployment), pulumi.Config().get("accountId") or "")
    operations: list[dict[str, Any]] = deployment.get("pending_operations") or []
    pending = [name for each in operations if (name := _under_way(each))]
    if not pending:
        return
    more = f" and {len(pending) - _SHOWN} more" if len(pending) > _SHOWN else ""
    problem = StackStateError(
        f"a run died in the middle ({', '.join(pending[:_SHOWN])}{more}), and to go on would make things twice. Settle "
        f"it: model-catalog stack recover {stack}",
        code="operations-pending",
        place=stack,
    )
    if not pulumi.runtime.is_dry_run():
        raise problem
    pulumi.warn(str(problem))


def refuse_other_account(stack: str, deployed: Collection[str], account: str) -> None:
    """Refuse a stack whose settings name another account than its state.

    Args:
        stack: The stack's name.
        deployed: The accounts that its resources are in.
        account: That of its settings; empty where they name none, which is refused elsewhere.

    Raises:
        ConfigError: says how to stay, and how to move.
    """
    others = [each for each in deployed if each != account]
    if others and account:
        raise ConfigError(
            f"invalid value {account!r}. {stack} is deployed to {others[0]}, where all that it made is. Nothing was "
            f"changed. Put {others[0]} back. For {account}, write a stack of its own (model-catalog spoke new), or "
            f"destroy this one with {others[0]} before: model-catalog stack destroy {stack}",
            code="account-of-another-deployment",
            place=f"Pulumi.{stack}.yaml: accountId",
        )


def accounts_of(deployment: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the accounts that a state's resources are in, which its provider names; none where nothing was made yet."""
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    if not any(each.get("custom") and not str(each["type"]).startswith("pulumi:") for each in resources):
        return ()
    found: set[str] = set()
    for each in resources:
        if each["type"] == "pulumi:providers:aws":
            inputs: dict[str, Any] = each.get("inputs") or {}
            given: Any = inputs.get("allowedAccountIds") or []
            found |= set(cast("list[str]", json.loads(given) if isinstance(given, str) else given))
    return tuple(sorted(found))


def own_resources() -> list[dict[str, Any]] | None:
    """Give the resources of the stack's own state, before this run; None where the backend is not looked into."""
    if urlsplit(_backend()).scheme not in _READ:
        return None
    return _deployment(pulumi.get_project(), pulumi.get_stack()).get("resources") or []


def _under_way(operation: dict[str, Any]) -> str:
    """Name an operation on something in the account; the engine's own, and components, are nothing there."""
    resource: dict[str, Any] = operation["resource"]
    if not resource.get("custom") or str(resource["type"]).startswith("pulumi:"):
        return ""
    return f"{operation['type']} {str(resource['urn']).rpartition('::')[2]}"


def _deployment(project: str, stack: str) -> dict[str, Any]:
    """Read the state; empty where there is none yet, or where it is not looked for."""
    for ending in _ENDINGS:
        if content := _read(_backend(), f".pulumi/stacks/{project}/{stack}{ending}"):
            try:
                text = gzip.decompress(content) if ending.endswith("gz") else content
                checkpoint: dict[str, Any] = json.loads(text)["checkpoint"]
            except (ValueError, KeyError, TypeError, OSError, EOFError):
                return {}  # which the engine has read already
            return checkpoint.get("latest") or {}
    return {}


def _read(backend: str, path: str) -> bytes | None:
    parts = urlsplit(backend)
    if parts.scheme == "file":
        file = Path(f"{parts.netloc}{parts.path}").expanduser() / path
        return file.read_bytes() if file.is_file() else None
    if parts.scheme not in _READ:
        return None
    import boto3  # noqa: PLC0415 - slow to load
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - likewise

    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    session: Any = boto3.Session(profile_name=options.get("profile"), region_name=options.get("region"))
    endpoint = options.get("endpoint")
    address = {"endpoint_url": endpoint if "://" in endpoint else f"https://{endpoint}"} if endpoint else {}
    try:
        folder = parts.path.strip("/")
        key = f"{folder}/{path}" if folder else path
        return session.client("s3", **address).get_object(Bucket=parts.netloc, Key=key)["Body"].read()
    except (BotoCoreError, ClientError):
        return None  # whoever runs the engine may have rights of another kind


def _backend() -> str:
    """Tell the backend as the engine finds it: by the environment, or by what it is logged in to."""
    if given := os.environ.get("PULUMI_BACKEND_URL"):
        return given
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return str(json.loads((home / "credentials.json").read_text()).get("current") or "")
    except (OSError, ValueError, AttributeError):
        return ""
