"""A spoke's stack without an engine, in an account that answers as AWS does, reading the small hub of `offers`."""

from collections.abc import Mapping
from typing import Any
from unittest import mock

from shared.catalog import contract
from shared.stack.names import SPOKE_PROJECT
from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch, resolve_launches
from spoke.program import run
from tests.support.catalog_copy import DAY
from tests.support.offers import ACCOUNT, HUB_ACCOUNT, HUB_STACK, OFFER, read
from tests.support.recorder import Mocks, full_settings, recording

LAUNCH: Mapping[str, Any] = {
    "name": "scoring",
    "product": "scorer",
    "version": "1.1.0",
    "parameters": {"ModelDataUrl": "s3://models/scorer.tar.gz", "InstanceCount": 2, "Environment": "staging"},
    "tags": {"team": "risk"},
    "timeout": "45m",
}
SETTINGS: Mapping[str, object] = {
    "accountId": ACCOUNT,
    "hub": {"accountId": HUB_ACCOUNT},
    "launches": [LAUNCH],
}


def record(*, preview: bool) -> Mocks:
    """Deploy a spoke with the usual settings for more than one test to look at."""
    with (
        recording(SPOKE_PROJECT, "spoke-research", as_settings(SETTINGS), preview=preview) as mocks,
        mock.patch("spoke.inspection.preflight.preflight") as looked,
    ):
        pretend_aws(mocks)
        mocks.stacks[HUB_STACK] = {"catalog": contract.publish(HUB_ACCOUNT, OFFER)}
        mocks.deploy(run)
        assert preview is looked.called
        return mocks


def settings(**changed: object) -> SpokeSettings:
    """Read the usual settings, changed in the given keys."""
    return SpokeSettings.model_validate({**SETTINGS, "aws:region": "eu-central-1", **changed})


def resolved(offer: Mapping[str, Any], **changed: object) -> ResolvedLaunch:
    """Resolve the usual launch, changed in the given keys, against an offer."""
    asked = settings(launches=[{**LAUNCH, **changed}])
    [found] = resolve_launches(asked, read(offer), DAY, where="Pulumi.spoke-research.yaml")
    return found


def as_settings(values: Mapping[str, object]) -> dict[str, str]:
    """Write settings as the CLI hands them to the program."""
    return full_settings(SPOKE_PROJECT, values)


def pretend_aws(mocks: Mocks) -> None:
    """Let the mocks answer as AWS does in the spoke's account."""
    mocks.made = {
        "aws:servicecatalog/provisionedProduct:ProvisionedProduct": lambda name, _: {
            "id": f"pp-{name}",
            "status": "AVAILABLE",
            "outputs": [{"key": "EndpointName", "value": f"{name}-endpoint", "description": "Its name."}],
        },
    }
    mocks.answers = {
        "getCallerIdentity": lambda _: {
            "id": ACCOUNT,
            "accountId": ACCOUNT,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/session",
            "userId": "AROAEXAMPLE:session",
        },
        "getSessionContext": lambda _: {
            "issuerArn": f"arn:aws:iam::{ACCOUNT}:role/teams/Deployer",
            "issuerId": "AROA-Deployer",
        },
        "getRole": lambda asked: {"uniqueId": f"AROA-{asked['name']}"},
        "getUser": lambda asked: {"userId": f"AIDA-{asked['userName']}"},
        "getGroup": lambda asked: {"groupId": f"AGPA-{asked['groupName']}"},
        "getLaunchPaths": lambda asked: {"summaries": [_path("Online models", asked), _path("Batch models", asked)]},
        "getRoles": lambda _: {"names": [], "arns": []},
    }


def _path(portfolio: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": portfolio, "pathId": f"lpv3-{portfolio.partition(' ')[0]}-{asked['productId']}"}
