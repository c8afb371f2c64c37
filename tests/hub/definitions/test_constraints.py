"""Constraints: their JSON as AWS wants it, and what excludes what."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from hub.definitions.constraints import Constraints, constraint_documents, is_stack_set, rules_of
from hub.definitions.load import read_catalog, read_unlocked
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

PRODUCT = "products/text-embedder-serverless/product.yaml"
TOPICS = [f"arn:aws:sns:{region}:222233334444:models" for region in ("eu-central-1", "eu-west-1")]
STACK_SET = {
    "type": "STACKSET",
    "accounts": ["333344445555"],
    "regions": ["eu-central-1"],
    "admin_role": "arn:aws:iam::222233334444:role/Administration",
    "execution_role": "Execution",
}
RULE = {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Size"}, 1]}, "AssertDescription": "One."}]}


def documents(*constraints: dict[str, Any], region: str = "eu-central-1") -> Any:  # noqa: ANN401 - JSON
    """Write the constraints of a product."""
    read = TypeAdapter[Any](Constraints).validate_python(list(constraints))
    return constraint_documents("scorer", read, region)


def test_every_product_has_its_launch_role_and_lets_tags_change() -> None:
    assert {
        "LAUNCH": {"LocalRoleName": "ModelCatalogLaunch-scorer"},
        "RESOURCE_UPDATE": {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}},
    } == documents()
    assert documents() == documents({"type": "LAUNCH"})


def test_tags_may_be_settled_for_good() -> None:
    found = documents({"type": "RESOURCE_UPDATE", "tag_updates": "NOT_ALLOWED"})

    assert {"TagUpdateOnProvisionedProduct": "NOT_ALLOWED"} == found["RESOURCE_UPDATE"]["Properties"]


@pytest.mark.parametrize(
    ("region", "topics"), [("eu-central-1", TOPICS[:1]), ("eu-west-1", TOPICS[1:]), ("us-east-1", None)]
)
def test_a_topic_hears_of_launches_in_its_own_region(region: str, topics: list[str] | None) -> None:
    found = documents({"type": "NOTIFICATION", "topics": TOPICS}, region=region)

    assert (topics and {"NotificationArns": topics}) == found.get("NOTIFICATION")


def test_a_stack_set_takes_the_place_of_the_launch_role() -> None:
    found = documents(STACK_SET)

    assert {
        "Version": "1.0",
        "Properties": {
            "AccountList": ["333344445555"],
            "RegionList": ["eu-central-1"],
            "AdminRole": "arn:aws:iam::222233334444:role/Administration",
            "ExecutionRole": "Execution",
        },
    } == found["STACKSET"]
    assert "LAUNCH" not in found
    assert is_stack_set(TypeAdapter[Any](Constraints).validate_python([STACK_SET]))


def test_rules_are_written_as_text_because_parameters_are() -> None:
    found = documents({"type": "TEMPLATE", "rules": {"OnlyOne": RULE}})

    [assertion] = found["TEMPLATE"]["Rules"]["OnlyOne"]["Assertions"]
    assert {"Fn::Equals": [{"Ref": "Size"}, "1"]} == assertion["Assert"]
    assert {"OnlyOne"} == set(
        rules_of(TypeAdapter[Any](Constraints).validate_python([{"type": "TEMPLATE", "rules": {"OnlyOne": RULE}}]))
    )


@pytest.mark.parametrize(
    ("constraints", "code", "place"),
    [
        ("[{type: LAUNCH}, {type: LAUNCH}]", "duplicate-constraint", ": constraints"),
        (
            (
                "[{type: LAUNCH}, {type: STACKSET, accounts: ['333344445555'], regions: [eu-central-1], "
                "admin_role: 'arn:aws:iam::222233334444:role/A', execution_role: E}]"
            ),
            "launch-beside-stack-set",
            ": constraints",
        ),
        ("[{type: NOTIFICATION, topics: [models]}]", "invalid-value", "constraints[0].topics[0]"),
        (
            "[{type: TEMPLATE, rules: {A: {Assertions: []}}}]",
            "invalid-value",
            "constraints[0].rules.A.Assertions",
        ),
        ("[{type: RESOURCE}]", "invalid-value", ": constraints[0].type"),
        (
            "[{type: TEMPLATE, rules: {A: {Assertions: [{Assert: {'Fn::Equals': [{Ref: Size}, '1']}}]}}}]",
            "rule-parameter-unknown",
            "product.yaml",
        ),
    ],
)
def test_constraints_that_aws_would_refuse_are_refused_with_the_file(
    catalog_copy: CatalogCopy, constraints: str, code: str, place: str
) -> None:
    catalog_copy.replace(PRODUCT, "\nversions:", f"\nconstraints: {constraints}\nversions:")

    with refused(ContentError, code, place):
        read_catalog(catalog_copy.folder, DAY)


def test_the_rules_of_a_template_may_refer_to_its_parameters_only(catalog_copy: CatalogCopy) -> None:
    template = "products/text-embedder-serverless/1.0.0.yaml"
    rules = "Rules:\n  A:\n    Assertions:\n      - Assert: {'Fn::Equals': [!Ref Size, '1']}\n"
    catalog_copy.replace(template, "\nResources:", f"\n{rules}\nResources:")

    with refused(ContentError, "rule-parameter-unknown", template) as found:
        read_unlocked(catalog_copy.folder, DAY)

    assert "Size" in str(found.value)
    assert "ModelDataUrl" in str(found.value), "its parameters are listed"
