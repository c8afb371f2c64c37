"""Checks that the policies of the registry's account let in whoever the catalog is shared with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from hub.inspection.registry.artifact_stores import ArtifactStore, StoreLocation
from hub.inspection.registry.findings import Finding
from hub.inspection.registry.statements import missing_statements
from shared.aws.iam import evaluate, parse
from shared.aws.session import Session, code_of, message_of

_NO_POLICY: Final = ("NoSuchBucketPolicy", "RepositoryPolicyNotFoundException")
_MISSING: Final = ("NoSuchBucket", "RepositoryNotFoundException", "NotFoundException")


def check_access(session: Session, account: str, holdings: Iterable[ArtifactStore]) -> Iterator[Finding]:
    """Compare what each bucket, repository and key of an account grants with what its guests need.

    Args:
        session: With credentials of the account.
        account: Whose policies can be read; those of others are said not to be checked.
        holdings: What holds artifacts, and who must get at them.
    """
    for holding in holdings:
        place = holding.place
        if place.account != account:
            yield Finding(f"{place}: not checked: owned by {place.account}")
            continue
        try:
            policy = _policy(session, place)
        except ClientError as problem:
            yield _unreadable(place, problem)
            continue
        yield from _compared(holding, policy)


def _policy(session: Session, place: StoreLocation) -> Mapping[str, Any]:
    client = session.client({"bucket": "s3", "repository": "ecr", "key": "kms"}[place.kind], place.region)
    try:
        match place.kind:
            case "bucket":
                # A bucket of that name in another account is refused, which its name alone would not tell.
                text = client.get_bucket_policy(Bucket=place.name, ExpectedBucketOwner=place.account)["Policy"]
            case "repository":
                answer = client.get_repository_policy(registryId=place.account, repositoryName=place.name)
                text = answer["policyText"]
            case "key":
                text = client.get_key_policy(KeyId=place.name, PolicyName="default")["Policy"]
    except ClientError as problem:
        if code_of(problem) in _NO_POLICY:
            return {}
        raise
    return json.loads(text)


def _unreadable(place: StoreLocation, problem: ClientError) -> Finding:
    if code_of(problem) in _MISSING:
        return Finding(f"{place}: does not exist. Create it, or correct artifacts in product.yaml.", wrong=True)
    advice = f" The {place.kind} must belong to the account {place.account}, and its policy must be readable."
    return Finding(f"{place}: {code_of(problem)}: {message_of(problem)}.{advice}", wrong=True)


def _compared(holding: ArtifactStore, policy: Mapping[str, Any]) -> Iterator[Finding]:
    policies = parse(policy)
    verdicts = [(demand, evaluate(policies, demand.request)) for demand in holding.demands]
    missing = [demand for demand, verdict in verdicts if not verdict.granted]
    names = _joined(demand.guest.name for demand in holding.demands)
    if not holding.demands:
        yield Finding(f"{holding.place}: its models are not shared with any account")
    elif not missing:
        yield Finding(f"{holding.place}: granted to {names}")
    else:
        unclear = _joined(text for _, verdict in verdicts if not verdict.granted for text in verdict.unclear)
        statements = missing_statements(holding.place, missing)
        advice = "Add to its policy:" if statements else "The organization's id is needed to say what to add."
        yield Finding(
            f"{holding.place}: {_joined(action for demand in missing for action in demand.actions)} is not granted to "
            f"{_joined(demand.guest.name for demand in missing)}"
            f"{f' (cannot be evaluated, so it does not count: {unclear})' if unclear else ''}. {advice}",
            wrong=True,
            remedy=json.dumps(statements, indent=2) if statements else "",
        )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
