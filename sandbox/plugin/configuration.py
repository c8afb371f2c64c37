"""The provider's own settings: whose account, which region, which tags."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from botocore.session import Session

from .aws import Connection, Credentials, Endpoints
from .failure import AWSError, Failure
from .properties import Tags
from .waits import Clock
from .wire import State, Value, is_object

_TEXTS = frozenset({"region", "profile", "accessKey", "secretKey", "token", "retryMode"})
_JSON = frozenset(
    {
        "allowedAccountIds",
        "assumeRoles",
        "defaultTags",
        "endpoints",
        "forbiddenAccountIds",
        "ignoreTags",
        "maxRetries",
        "s3UsePathStyle",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
    }
)
_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL"})
_ATTEMPTS = 25
_NO_REGION = (
    "Missing region information\nMake sure you have set your AWS region, e.g. `pulumi config set aws:region us-west-2`."
)
_ROLE_ARGUMENTS = {"externalId", "policy", "roleArn", "sessionName", "sourceIdentity", "tags", "transitiveTagKeys"}
_OTHER_ROLE_ARGUMENTS = {"duration", "policyArns"}


@dataclass(frozen=True)
class Provider:
    """A configured provider: an identity in one account, a region, default tags."""

    account_id: str
    region: str
    connection: Connection
    tags: Tags

    @property
    def partition(self) -> str:
        """The partition of ARNs."""
        return (
            "aws-cn" if self.region.startswith("cn-") else "aws-us-gov" if self.region.startswith("us-gov-") else "aws"
        )


def region_of_environment() -> str:
    """The region of a provider that names none, or nothing."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""


def problems(inputs: State) -> Iterator[str]:
    """What is wrong with a provider's inputs, as far as it shows without a call."""
    for key in inputs.keys() - _TEXTS - _JSON - _OF_THE_ENGINE:
        if key == "assumeRole":
            yield "invalid config key 'aws:assumeRole', should be 'aws:assumeRoles'"
        else:
            yield (
                f"`aws:{key}` is not a valid configuration key for the aws provider. If the referenced key is not "
                "intended for the provider, please choose a different namespace from `aws:`. If the real aws plug-in "
                "has it: it is not emulated by the sandbox's stand-in plug-in."
            )
    if not inputs.get("region"):
        yield _NO_REGION
    roles: list[State] = settings(inputs).get("assumeRoles") or []
    for index, role in enumerate(roles):
        for key in sorted(role.keys() - _ROLE_ARGUMENTS - _OTHER_ROLE_ARGUMENTS):
            yield f"Invalid or unknown key. Examine values at 'assumeRoles[{index}].{key}'."
    if inputs.get("retryMode", "standard") not in {"standard", "adaptive"}:
        yield f"invalid retry mode: {inputs['retryMode']}"
    if inputs.get("allowedAccountIds") and inputs.get("forbiddenAccountIds"):
        yield '"allowed_account_ids": conflicts with forbidden_account_ids'


def settings(inputs: State) -> State:
    """The inputs as values: the Python SDK sends everything but text as JSON, others send it as it is."""
    return {
        key: json.loads(value) if key in _JSON and isinstance(value, str) else value for key, value in inputs.items()
    }


def sign_in(inputs: State, clock: Clock, explain: Callable[[str], None]) -> Provider:
    """Find credentials, assume roles and ask whose account it is.

    Raises Failure in the words of the real plug-in; the lists of accounts are not looked at yet (`refuse_account`).
    """
    given = settings(inputs)
    region: str = given.get("region") or region_of_environment()  # an import does not ask CheckConfig first
    if not region:
        raise Failure(_NO_REGION)
    connection = Connection(
        session=Session(profile=given.get("profile")),
        endpoints=Endpoints(_endpoints(given.get("endpoints"))),
        credentials=Credentials(given.get("accessKey"), given.get("secretKey"), given.get("token")),
        attempts=given.get("maxRetries") or _ATTEMPTS,
        clock=clock,
        explain=explain,
    )
    if not connection.has_credentials():
        raise Failure("No valid credential sources found.")
    for role in given.get("assumeRoles") or ():
        connection = connection.assuming(_assume(connection, region, role))
    account = ""
    if not (given.get("skipCredentialsValidation") and given.get("skipRequestingAccountId")):
        try:
            account = connection.call("sts", region, "get_caller_identity")["Account"]
        except AWSError as error:
            raise Failure(
                "Retrieving AWS account details: validating provider credentials: "
                f"retrieving caller identity from STS: {error}"
            ) from error
    ignored: State = given.get("ignoreTags") or {}
    defaults: State = given.get("defaultTags") or {}
    return Provider(
        account_id=account,
        region=region,
        connection=connection,
        tags=Tags(
            defaults.get("tags") or {},
            ignored_keys=frozenset(ignored.get("keys") or ()),
            ignored_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        ),
    )


def refuse_account(inputs: State, provider: Provider) -> None:
    """Raise Failure for an account that the program did not mean."""
    given = settings(inputs)
    allowed, forbidden = given.get("allowedAccountIds"), given.get("forbiddenAccountIds")
    if (allowed and provider.account_id not in allowed) or (forbidden and provider.account_id in forbidden):
        raise Failure(f"AWS account ID not allowed: {provider.account_id}")


def _endpoints(given: Value) -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for part in [given] if is_object(given) else given or ():
        merged = {**part, **merged}
    return merged


def _assume(connection: Connection, region: str, role: State) -> Credentials:
    arn = role.get("roleArn") or ""
    named: State = {"roleArn": arn, "RoleSessionName": role.get("sessionName") or "pulumi"}
    if duration := role.get("duration"):
        named["DurationSeconds"] = _seconds(duration)
    if policies := role.get("policyArns"):
        named["PolicyArns"] = [{"arn": policy} for policy in policies]
    try:
        given = connection.arguments(
            "sts", region, "assume_role", {key: role[key] for key in role if role[key]} | named
        )
        answer = connection.call("sts", region, "assume_role", **given)
    except AWSError as error:
        raise Failure(f"Cannot assume IAM Role\nIAM Role ({arn}) cannot be assumed.\n\nError: {error}") from error
    granted = answer["Credentials"]
    return Credentials(granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"])


def _seconds(duration: str) -> int:
    """Seconds of a Go duration such as 1h30m."""
    total, digits = 0, ""
    for letter in duration:
        if letter.isdigit():
            digits += letter
        else:
            total, digits = total + int(digits) * {"h": 3600, "m": 60, "s": 1}[letter], ""
    return total
