"""Reads the trust policy of a launch role."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, cast


def trusts_service_catalog(document: Mapping[str, Any], account: str) -> bool:
    """Say whether Service Catalog may assume a role on behalf of an account.

    Conditions other than those on the source account and ARN count as fulfilled.
    """
    statements = document.get("Statement", [])
    listed = cast("list[dict[str, Any]]", statements if isinstance(statements, list) else [statements])
    return any(_allows(statement, account) for statement in listed)


def _allows(statement: Mapping[str, Any], account: str) -> bool:
    principals = statement.get("Principal", {})
    services = _listed(cast("dict[str, Any]", principals).get("Service", [])) if isinstance(principals, dict) else []
    if statement.get("Effect") != "Allow" or "servicecatalog.amazonaws.com" not in services:
        return False
    conditions: dict[str, dict[str, Any]] = statement.get("Condition", {})
    for tests in conditions.values():
        for key, values in tests.items():
            match key.lower():
                case "aws:sourceaccount" if account not in _listed(values):
                    return False
                case "aws:sourcearn" if not any(_covers(pattern, account) for pattern in _listed(values)):
                    return False
                case _:
                    pass
    return True


def _covers(pattern: str, account: str) -> bool:
    parts = pattern.split(":", 5)
    return len(parts) > 4 and fnmatchcase("servicecatalog", parts[2]) and fnmatchcase(account, parts[4])  # noqa: PLR2004 - the account's place in an ARN


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)
