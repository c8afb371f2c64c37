"""What a small hub publishes: three products in two portfolios, one of them in a second region as well."""

from collections.abc import Mapping
from typing import Any

from shared.catalog import contract
from shared.catalog.contract import Contract

HUB_ACCOUNT = "222233334444"
HUB_STACK = "organization/model-catalog-hub/hub"
ACCOUNT = "333344445555"
"""The spoke's account, with which one portfolio is shared by itself."""


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


def read(offer: Mapping[str, Any]) -> Contract:
    """Read an offer as a spoke does when a hub has published it."""
    return contract.parse(contract.publish(HUB_ACCOUNT, offer), source=HUB_STACK)
