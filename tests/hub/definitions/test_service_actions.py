"""Service actions in a product's file: their form, and what is refused."""

import json
from typing import Any

import pytest

from hub.definitions.load import read_unlocked
from hub.definitions.service_actions import ServiceAction, check_associations
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

PRODUCT = "products/text-embedder-serverless/product.yaml"
RESTART = {"key": "restart", "description": "Restarts it.", "document": "AWS-RestartEC2Instance"}


def declare(catalog: CatalogCopy, *actions: dict[str, Any]) -> str:
    """Give the product actions, and say where."""
    return str(catalog.replace(PRODUCT, "\nversions:", f"\nactions: {json.dumps(list(actions))}\nversions:"))


def test_an_action_runs_with_the_launch_role_unless_told_otherwise() -> None:
    given = ServiceAction.model_validate(RESTART | {"parameters": {"InstanceId": "TARGET", "Automation": "TEXT_VALUE"}})

    asked = [{"Name": "Automation", "Type": "TEXT_VALUE"}, {"Name": "InstanceId", "Type": "TARGET"}]
    assert {
        "name": "AWS-RestartEC2Instance",
        "version": "1",
        "assume_role": "LAUNCH_ROLE",
        "parameters": json.dumps(asked),
    } == given.definition
    assert "parameters" not in ServiceAction.model_validate(RESTART).definition


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"key": "Re start"}, "invalid-value", "actions[0].key"),
        ({"document": "a document"}, "invalid-value", "actions[0].document"),
        ({"document_version": "one"}, "invalid-value", "actions[0].document_version"),
        ({"role": "SomeRole"}, "invalid-value", "actions[0].role"),
        ({"parameters": {"InstanceId": "OTHER"}}, "invalid-value", "actions[0].parameters.InstanceId"),
    ],
)
def test_a_mistake_is_refused_with_its_place(
    catalog_copy: CatalogCopy, changed: dict[str, Any], code: str, where: str
) -> None:
    path = declare(catalog_copy, RESTART | changed)
    with refused(ContentError, code, f"{path}: {where}"):
        read_unlocked(catalog_copy.folder, DAY)


def test_two_actions_of_one_key_are_refused(catalog_copy: CatalogCopy) -> None:
    path = declare(catalog_copy, RESTART, RESTART)
    with refused(ContentError, "duplicate-action", f"{path}: actions"):
        read_unlocked(catalog_copy.folder, DAY)


def test_more_associations_than_a_stack_holds_are_refused(catalog_copy: CatalogCopy) -> None:
    path = catalog_copy.folder / PRODUCT
    actions = [ServiceAction.model_validate(RESTART | {"key": f"a{number}"}) for number in range(25)]

    check_associations(path, actions, 20)
    with refused(ContentError, "too-many-associations", f"{path}: actions"):
        check_associations(path, actions, 21)
