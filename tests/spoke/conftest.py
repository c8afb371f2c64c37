"""A spoke stack without an engine, and a small hub that it reads."""

import json
from collections.abc import Callable, Generator, Mapping
from copy import deepcopy
from typing import Any
from unittest import mock

import pulumi
import pytest

from shared.catalog import contract
from shared.stack.names import SPOKE_PROJECT
from spoke.program import run
from tests.support.recorder import Mocks, recording

ACCOUNT = "333344445555"
HUB_STACK = "organization/model-catalog-hub/hub"
SETTINGS: Mapping[str, object] = {
    "accountId": ACCOUNT,
    "launches": [
        {
            "name": "scoring",
            "product": "scorer",
            "version": "1.1.0",
            "parameters": {"ModelDataUrl": "s3://models/scorer.tar.gz", "InstanceCount": 2, "Environment": "staging"},
            "tags": {"team": "risk"},
            "timeout": "45m",
        }
    ],
}


def role(name: str, *services: str) -> dict[str, Any]:
    """Write a role of a product, as a hub publishes it."""
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:${Partition}:s3:::models-${AccountId}/*",
    }
    return {"name": name, "services": list(services), "policy": {"Version": "2012-10-17", "Statement": [statement]}}


def version(identity: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Write a version, as a hub publishes it."""
    return {
        "id": identity,
        "state": "active",
        "released": "2026-09-01",
        "description": "A version.",
        "template_sha256": "0" * 64,
        "parameters": dict(parameters),
    }


def product(key: str, portfolio: str, versions: Mapping[str, Any]) -> dict[str, Any]:
    """Write a product, as a hub publishes it."""
    return {
        "id": f"prod-{key}",
        "name": f"The {key}",
        "portfolio": portfolio,
        "owner": "Risk Modelling",
        "description": "A model.",
        "tags": {"model-catalog-hub": "hub", "framework": key},
        "launch_role": role(f"ModelCatalogLaunch-{key}", "servicecatalog.amazonaws.com"),
        "execution_role": role(f"ModelCatalogExecution-{key}", "sagemaker.amazonaws.com"),
        "versions": dict(versions),
    }


MODEL_DATA = {
    "type": "String",
    "description": "Where the model is.",
    "allowed_pattern": r"s3://[a-z/.-]+\.tar\.gz",
    "constraint_description": "An object of S3.",
}
PARAMETERS: Mapping[str, Any] = {
    "ModelDataUrl": MODEL_DATA,
    "Environment": {"type": "String", "default": "development", "allowed_values": ["development", "staging"]},
    "InstanceCount": {"type": "Number", "default": "1", "min_value": "1", "max_value": "10"},
    "Subnets": {"type": "CommaDelimitedList", "default": "", "allowed_pattern": "(subnet-[0-9a-f]+)?"},
    "Zones": {"type": "List<String>", "default": "a", "allowed_values": ["a", "b", "c"]},
    "Label": {"type": "String", "default": "none", "min_length": "2", "max_length": "6"},
    "Token": {"type": "String", "default": "", "max_length": "8", "no_echo": "true"},
    "Range": {"type": "String", "default": "", "allowed_pattern": "([a-z]+, [a-z]+)?"},
}
OFFER: Mapping[str, Any] = {
    "eu-central-1": {
        "portfolios": {
            "online": {
                "id": "port-online",
                "name": "Online models",
                "shares": [{"type": "ORGANIZATION", "target": "o-a1b2c3d4e5"}],
            },
            "batch": {
                "id": "port-batch",
                "name": "Batch models",
                "shares": [{"type": "ACCOUNT", "target": ACCOUNT}],
            },
        },
        "products": {
            "scorer": product(
                "scorer",
                "online",
                {"1.0.0": version("pa-scorer-100", PARAMETERS), "1.1.0": version("pa-scorer-110", PARAMETERS)},
            ),
            "embedder": product("embedder", "online", {"1.0.0": version("pa-embedder-100", {})}),
            "forecaster": product("forecaster", "batch", {"1.0.0": version("pa-forecaster-100", {})}),
        },
    },
    "eu-west-1": {
        "portfolios": {"online": {"id": "port-west", "name": "Online models", "shares": []}},
        "products": {"embedder": product("embedder", "online", {"1.0.0": version("pa-west-100", {})})},
    },
}


@pytest.fixture
def offer() -> dict[str, Any]:
    """Give what the hub offers, by region, for a test to change."""
    return deepcopy(dict(OFFER))


@pytest.fixture
def published(offer: dict[str, Any]) -> contract.Contract:
    """Give what a spoke makes of the offer."""
    return contract.parse(contract.publish("222233334444", offer), source=HUB_STACK)


@pytest.fixture(autouse=True)
def mocks() -> Generator[Mocks]:
    """Set fresh mocks."""
    with recording(SPOKE_PROJECT, "spoke-research", as_settings(SETTINGS)) as fresh:
        pretend_aws(fresh)
        yield fresh


@pytest.fixture
def deploy(mocks: Mocks, offer: dict[str, Any]) -> Callable[..., Mocks]:
    """Deploy a spoke whose settings differ from the usual ones in the given keys."""

    def deploy(**changed: object) -> Mocks:
        pulumi.runtime.set_all_config(as_settings({**SETTINGS, **changed}))
        mocks.stacks.setdefault(HUB_STACK, {"catalog": contract.publish("222233334444", offer)})
        mocks.deploy(run)
        return mocks

    return deploy


@pytest.fixture(scope="session")
def deployed() -> Mocks:
    """Give the record of a spoke with the usual settings."""
    return record(preview=False)


@pytest.fixture(scope="session")
def previewed() -> Mocks:
    """Give the record of a preview of a new spoke with the usual settings."""
    return record(preview=True)


def record(*, preview: bool) -> Mocks:
    """Deploy a spoke with the usual settings for more than one test to look at."""
    with (
        recording(SPOKE_PROJECT, "spoke-research", as_settings(SETTINGS), preview=preview) as mocks,
        mock.patch("spoke.inspection.preflight.preflight") as looked,
    ):
        pretend_aws(mocks)
        mocks.stacks[HUB_STACK] = {"catalog": contract.publish("222233334444", OFFER)}
        mocks.deploy(run)
        assert preview is looked.called
        return mocks


def as_settings(values: Mapping[str, object]) -> dict[str, str]:
    """Write settings as the CLI hands them to the program."""
    written = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    region = written.pop("region", "eu-central-1")
    return {"aws:region": region, **{f"{SPOKE_PROJECT}:{key}": value for key, value in written.items()}}


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
