"""KMS between accounts: a key's policy lets others in, whose own policies have to allow it as well."""

import base64
import uuid
from typing import Any, Final

from moto.kms.models import Key, kms_backends

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.evaluation import judge, statements
from sandbox.aws.iam.principals import is_permitted, principals_in
from sandbox.aws.wire import Request

_HEADER: Final = 36
"""A ciphertext begins with its key's id, here as there in a form of its own."""
_OF_NO_KEY: Final = ("CreateKey", "ListKeys", "ListAliases", "GenerateRandom")


def route(request: Request, caller: Caller) -> None:
    """Refuse a call about a key that the caller may not use, and lead one about another account's key there.

    Raises:
        ApiError: there is no such key, or one of the two policies does not allow it.
    """
    if not is_about_a_key(request):
        return
    key = _key_of(request, caller)
    if key is None:
        return  # moto says what is missing
    owner = key.arn.split(":")[4]
    if not _may(caller, f"kms:{request.operation}", key, owner):
        raise ApiError(
            "AccessDeniedException",
            f"User: {caller.arn} is not authorized to perform: kms:{request.operation} on the resource: {key.arn} "
            f"because no resource-based policy allows the kms:{request.operation} action",
            400,
        )
    if owner != caller.account:
        request.act_as(owner, caller.access_key)


def is_about_a_key(request: Request) -> bool:
    """Say whether a call is about one key, whose policy has a say."""
    return request.operation not in _OF_NO_KEY


def _key_of(request: Request, caller: Caller) -> Key | None:
    """Find the key that a call names, or that its ciphertext was made with."""
    named = str(request.json.get("KeyId") or request.json.get("TargetKeyId") or "")
    if not named and (blob := request.json.get("CiphertextBlob")):
        return _anywhere(_made_with(str(blob)), request.region)
    account = named.split(":")[4] if named.count(":") >= 5 else caller.account  # noqa: PLR2004 - an ARN has six parts
    return _in(account, named, request.region)


def _made_with(blob: str) -> str:
    try:
        return str(uuid.UUID(base64.b64decode(blob)[:_HEADER].decode()))
    except ValueError:
        return ""


def _in(account: str, named: str, region: str) -> Key | None:
    backend = kms_backends[account][region]
    try:
        return backend.keys.get(backend.any_id_to_key_id(named))
    except Exception:  # noqa: BLE001 - moto raises errors of several services for what is not there
        return None


def _anywhere(identity: str, region: str) -> Key | None:
    accounts: list[Any] = list(kms_backends.values())
    return next((found for each in accounts if (found := each[region].keys.get(identity))), None)


def _may(caller: Caller, action: str, key: Key, owner: str) -> bool:
    """Hold key policy and identity policies together (KMS Developer Guide, "Determining access to AWS KMS keys")."""
    context = caller.context(**{"aws:ResourceAccount": owner, "kms:CallerAccount": caller.account})
    said = statements([key.policy])
    directly, through_account = (
        {"*", caller.principal, caller.arn},
        {caller.account, f"arn:aws:iam::{caller.account}:root"},
    )
    concerned = [each for each in said if (directly | through_account).intersection(principals_in(each, "AWS"))]
    if not judge(concerned, action, key.arn, context):
        return False
    by_name = [each for each in concerned if {caller.principal, caller.arn}.intersection(principals_in(each, "AWS"))]
    if owner == caller.account and judge(by_name, action, key.arn, context):
        return True
    return is_permitted(caller.principal, action, key.arn, context)
