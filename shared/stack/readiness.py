"""What whoever deploys needs besides what is deployed: credentials that last, a way to AWS, permissions."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from botocore.loaders import create_loader
from botocore.regions import EndpointResolver

from shared.aws.arn import Arn, partition_of
from shared.aws.caller import caller_at_hand
from shared.aws.endpoints import named_endpoints
from shared.aws.lifetime import expired_reason, lifetime
from shared.aws.policies import render
from shared.aws.preflight import Check, Finding, failed
from shared.aws.reach import silence_of, without_secrets
from shared.aws.session import AccountSession
from shared.aws.simulation import principal_of, simulated
from shared.stack.settings import AccountSettings

SERVICES: Final[Mapping[str, Sequence[str]]] = {
    "organization": ("sts", "iam", "organizations", "servicecatalog", "cloudformation"),
    "hub": ("sts", "iam", "servicecatalog", "cloudformation", "s3", "sagemaker"),
    "spoke": ("sts", "iam", "servicecatalog", "cloudformation"),
}
"""What the program of each kind of stack and its plug-in ask."""

_PREFIXES: Final[Mapping[str, str]] = {"sagemaker": "api.sagemaker"}
"""Where an endpoint's name is not the service's (source: AWS General Reference, "Service endpoints and quotas")."""
_AT_ONCE: Final = 16
_ASKING: Final = "AskWhatItMayDo"


def credentials(region: str) -> Check:
    """Give the check of how long the credentials at hand last, before any role is assumed."""

    def at_hand() -> Iterator[Finding]:
        """The credentials at hand."""
        found = lifetime()
        if not found.source:
            yield failed("credentials", "there are none. Sign in, for example: export AWS_PROFILE=management")
            return
        if reason := expired_reason(region):
            yield failed("credentials", f"they have ended. Sign in again. AWS says: {reason}")
            return
        text = found.words(dt.datetime.now(dt.UTC))
        who = caller_at_hand(region)
        yield Finding("credentials", f"{text}{f'; {who}' if who else ''}")

    return at_hand


def network(regions: Iterable[str], services: Collection[str]) -> Check:
    """Give the check of the way to AWS, from each region that a stack works in."""

    def reachable() -> Iterator[Finding]:
        """The network."""
        urls = sorted({url for region in regions for url in addresses(region, services)})
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            silent = [
                (url, problem) for url, problem in zip(urls, workers.map(silence_of, urls), strict=True) if problem
            ]
        for url, problem in silent:
            yield failed(
                without_secrets(url),
                f"does not answer: {problem}. Let this machine reach it, set HTTPS_PROXY where there is a proxy, or "
                f"make an endpoint of the VPC for it",
            )
        if not silent:
            yield Finding("AWS", f"{len(urls)} endpoints answer" if len(urls) > 1 else f"{urls[0]} answers")

    return reachable


def addresses(region: str, services: Collection[str]) -> Iterator[str]:
    """Give the addresses of services as their clients would have them, whose making takes a second."""
    named = {each.service: each.url for each in named_endpoints()}
    resolver: Any = EndpointResolver(create_loader().load_data("endpoints"))  # untyped in botocore
    for service in services:
        if own := named.get("service_catalog" if service == "servicecatalog" else service, named.get("")):
            yield own
        elif found := resolver.construct_endpoint(_PREFIXES.get(service, service), region):
            yield f"https://{found['hostname']}"


def permissions(account: AccountSession, settings: AccountSettings, kind: str, *, hub: str, folder: Path) -> Check:
    """Give the check of what the stack's deployer may do, by its policy of docs/iam.

    Args:
        account: Of the stack; who asks. Where that is a viewer, it asks about the deployer.
        settings: Of the stack.
        kind: Of the stack: organization, hub or spoke.
        hub: The hub's account, which policies name.
        folder: The checkout's, where the policies are.
    """

    def permissions() -> Iterator[Finding]:
        """Permissions, simulated."""
        name = "team" if kind == "spoke" and getattr(settings, "portfolios", None) == [] else kind
        file = f"docs/iam/{name}-deployer.json"
        if not (folder / file).exists():
            yield Finding("permissions", f"not simulated: there is no {file} here")
            return
        source = settings.assume_role or principal_of(account)
        known = {"HubAccountId": hub or account.id, "Role": Arn.parse(source).name}
        policy: dict[str, Any] = json.loads((folder / file).read_text())
        text = render(policy, partition=partition_of(account.region), account=account.id)
        for key, value in known.items():
            text = text.replace(f"${{{key}}}", value)
        policy = json.loads(text)
        # Whoever is answered may ask, whatever its name is.
        policy["Statement"] = [each for each in policy["Statement"] if each.get("Sid") != _ASKING]
        boundary = getattr(settings, "permissions_boundary", None)
        context = {"iam:PermissionsBoundary": boundary} if boundary else None
        yield from simulated(account, policy, name=file, source=source, context=context)

    return permissions
