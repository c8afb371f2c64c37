"""Whether a policy is one that IAM takes: what it refuses here, it would refuse in every spoke, and only there.

Source: IAM User Guide, "Grammar of the IAM JSON policy language", and IAM API reference, PutRolePolicy.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, cast

from shared.collecting import Mistakes
from shared.errors import ContentError

_KEYS: Final = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
_SID: Final = re.compile(r"[A-Za-z0-9]*")
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_PARTITION: Final = r"aws(?:-[a-z]+)*|\*|\$\{Partition\}"
_ARN: Final = re.compile(
    rf"arn:(?:{_PARTITION}):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9*?-]*|\$\{{[^{{}}]+\}})"
    r":(?:[0-9]{12}|[0-9*?]*|aws|\$\{[^{}]+\}):(?P<resource>.+)",
    re.DOTALL,
)
_OF_IAM: Final = re.compile(
    r"\*|(?:user|federated-user|role|group|instance-profile|mfa|server-certificate|policy|sms-mfa|saml-provider|"
    r"oidc-provider|report|access-report|assumed-role)/.*|root",
    re.DOTALL,
)
_VARIABLE: Final = re.compile(r"\$\{[^{}]+\}")
_OPERATOR: Final = re.compile(
    r"(?:ForAllValues:|ForAnyValue:)?"
    r"(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Numeric(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|"
    r"Date(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|"
    r"Arn(?:Not)?(?:Equals|Like))(?:IfExists)?|Null"
)
_LETTERS: Final = re.compile(r"[\u0009\u000A\u000D\u0020-\u00FF]*")
"""Source: botocore's service model of IAM, policyDocumentType."""


def check_grammar(path: Path, statements: Sequence[dict[str, Any]]) -> None:
    """Refuse statements that IAM takes for malformed.

    Raises:
        ContentError: names each, with what is wanted.
    """
    mistakes = Mistakes()
    seen = set[str]()
    for index, statement in enumerate(statements):
        for key, wrong, wanted in _wrong(statement):
            mistakes.add(
                ContentError(
                    f"invalid value {wrong!r:.200}. Expected {wanted}.",
                    code="policy-malformed",
                    place=f"{path}: [{index}].{key}",
                )
            )
        sid = str(statement.get("Sid") or "")
        if sid and sid in seen:
            mistakes.add(
                ContentError(
                    f"invalid value {sid!r}, which another statement has. Rename one of them.",
                    code="sid-twice",
                    place=f"{path}: [{index}].Sid",
                )
            )
        seen.add(sid)
    mistakes.refuse()


def _wrong(statement: dict[str, Any]) -> Iterator[tuple[str, object, str]]:
    for key, value in statement.items():
        if key not in _KEYS:
            yield key, key, f"one of {', '.join(_KEYS)}, as in a policy of a role"
        elif not all(_LETTERS.fullmatch(text) for text in _texts(value)):
            yield key, value, "characters up to U+00FF, which are all that IAM takes"
    yield from _conditions(statement.get("Condition"))
    yield from _names(statement)


def _names(statement: dict[str, Any]) -> Iterator[tuple[str, object, str]]:
    sid = statement.get("Sid")
    if sid is not None and not (isinstance(sid, str) and _SID.fullmatch(sid)):
        yield "Sid", sid, "letters and digits"
    for key in ("Action", "NotAction"):
        for action in _listed(statement, key):
            if not (isinstance(action, str) and _ACTION.fullmatch(action)):
                yield key, action, "service:Action, for example s3:GetObject"
    for key in ("Resource", "NotResource"):
        for resource in _listed(statement, key):
            if not (isinstance(resource, str) and _is_resource(resource)):
                yield key, resource, '"*" or an ARN, for example arn:${Partition}:s3:::model-bucket/*'


def _listed(statement: dict[str, Any], key: str) -> list[object]:
    """List what stands under a key; an empty list is one wrong thing."""
    if key not in statement:
        return []
    value: object = statement[key]
    return cast("list[object]", value) or [[]] if isinstance(value, list) else [value]


def _is_resource(text: str) -> bool:
    if "${" in _VARIABLE.sub("", text):
        return False
    if text == "*":
        return True
    match = _ARN.fullmatch(text)
    if match is None:
        return False
    return match["service"] != "iam" or (not match["region"] and bool(_OF_IAM.fullmatch(match["resource"])))


def _conditions(found: object) -> Iterator[tuple[str, object, str]]:
    if found is None:
        return
    if not isinstance(found, dict):
        yield "Condition", found, "a map of operators"
        return
    for operator, keys in cast("dict[str, object]", found).items():
        if not _OPERATOR.fullmatch(operator):
            yield "Condition", operator, "an operator of IAM, for example StringEquals"
        elif not isinstance(keys, dict):
            yield f"Condition.{operator}", keys, "a map of condition keys"
        else:
            for key, value in cast("dict[str, object]", keys).items():
                items = cast("list[object]", value) if isinstance(value, list) else [value]
                if ":" not in key:
                    yield f"Condition.{operator}", key, "a condition key, for example aws:SourceAccount"
                if not items or not all(isinstance(item, str | int | float) for item in items):
                    yield f"Condition.{operator}.{key}", value, "a text, or a list of texts"


def _texts(node: object) -> Iterator[str]:
    match node:
        case str():
            yield node
        case list():
            for item in cast("list[object]", node):
                yield from _texts(item)
        case dict():
            for key, item in cast("dict[str, object]", node).items():
                yield key
                yield from _texts(item)
        case _:
            pass
