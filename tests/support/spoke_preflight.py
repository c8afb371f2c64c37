"""What a spoke's preflight looks at, and an account to look at."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from shared.aws.policies import launch_trust
from spoke.inspection.scope import PreflightScope
from spoke.launches.claims import Claim
from spoke.launches.portfolios import roles_in_use, wanted_portfolios
from spoke.launches.resolution import resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.offers import ACCOUNT, HUB_STACK, read
from tests.support.spoke_stack import settings

Ids = list[dict[str, str]]


def online(asked: dict[str, str]) -> Ids:
    return [{"Id": "port-online"}] if asked["PortfolioShareType"] == "AWS_ORGANIZATIONS" else []


def by_kind(imported: Ids) -> Callable[[dict[str, str]], Ids]:
    def answer(asked: dict[str, str]) -> Ids:
        return imported if asked["PortfolioShareType"] == "IMPORTED" else []

    return answer


TRUST = launch_trust(partition="aws", account=ACCOUNT)
OWN = [{"Key": "model-catalog-spoke", "Value": "spoke-research"}]
SHARED: dict[str, Any] = {
    "list_accepted_portfolio_shares": online,
    "list_launch_paths": [{"Id": "lpv2-1", "Name": "Online models"}],
    "list_principals_for_portfolio": [{"PrincipalARN": f"arn:aws:iam::{ACCOUNT}:role/Deployer"}],
}
Look = Callable[..., list[str]]


def plan(
    changed: dict[str, Any],
    offer: dict[str, Any],
    published_on: dt.date | None = DAY,
    deployed: frozenset[Claim] | None = frozenset(),
) -> PreflightScope:
    """Plan the usual spoke with some settings changed."""
    asked, published = settings(**changed), read(offer)
    resolved_launches = resolve_launches(asked, published, DAY, where="Pulumi.spoke-research.yaml")
    wanted = wanted_portfolios(asked, published, resolved_launches, where="Pulumi.spoke-research.yaml")
    return PreflightScope(
        settings=asked,
        contract=published,
        published_on=published_on,
        day=DAY,
        hub=HUB_STACK,
        where="Pulumi.spoke-research.yaml",
        resolved_launches=resolved_launches,
        wanted=wanted,
        roles=roles_in_use(asked, published, wanted, resolved_launches, where="Pulumi.spoke-research.yaml"),
        deployed=deployed,
    )


def offered(sha256: str) -> dict[str, Any]:
    """Describe a version whose template has a hash."""
    key = f"templates/scorer/1.1.0/{sha256}.template"
    return {"Info": {"TemplateUrl": f"https://model-catalog-templates.s3.eu-central-1.amazonaws.com/{key}"}}


def role(trust: str = TRUST, tags: list[dict[str, str]] | None = None) -> Callable[[dict[str, str]], dict[str, Any]]:
    """Answer every question about a role alike."""
    made = {"AssumeRolePolicyDocument": json.loads(trust), "Tags": OWN if tags is None else tags}
    return lambda asked: {"Role": {"RoleName": asked["RoleName"], **made}}


def launched(**changed: str) -> list[dict[str, Any]]:
    """Answer with one provisioned product."""
    return [{"Id": "pp-1", "Name": "scoring", "Status": "AVAILABLE", "Tags": OWN, **changed}]
