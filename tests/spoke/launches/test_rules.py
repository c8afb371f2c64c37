"""Rules of the hub and of templates, held against a launch before AWS sees it."""

from typing import Any

import pytest

from shared.errors import LaunchError
from shared.secret_value import Secret
from spoke.launches.resolution import resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.offers import read
from tests.support.refused import refused
from tests.support.spoke_stack import resolved, settings

WHERE = "Pulumi.spoke-research.yaml: launches[0] (scoring)"
URL = "s3://models/scorer.tar.gz"


def rule(demand: object, condition: object = None) -> dict[str, Any]:
    """Write a rule as the contract has it."""
    return {
        "assertions": [{"demand": demand, "description": "At least two in production."}],
        **({"condition": condition} if condition else {}),
    }


MANY = rule(
    {"Fn::Contains": [["2", "3"], {"Ref": "InstanceCount"}]}, {"Fn::Equals": [{"Ref": "Environment"}, "staging"]}
)


@pytest.mark.parametrize("place", ["product", "version"])
@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ({"Environment": "staging"}, "Environment 'staging' and InstanceCount '1' (the default)"),
        ({"Environment": "staging", "InstanceCount": 9}, "Environment 'staging' and InstanceCount '9'"),
    ],
)
def test_values_that_break_a_rule_are_refused_in_the_rules_own_words(
    offer: dict[str, Any], place: str, parameters: dict[str, Any], shown: str
) -> None:
    put(offer, place, MANY)

    with refused(LaunchError, "rule-broken", f"{WHERE}: parameters") as found:
        resolved(offer, parameters={"ModelDataUrl": URL, **parameters})
    assert f"{shown} break the rule Many: At least two in production." in str(found.value)


@pytest.mark.parametrize("place", ["product", "version"])
@pytest.mark.parametrize("parameters", [{}, {"Environment": "staging", "InstanceCount": 2}])
def test_values_that_keep_to_the_rules_are_taken(offer: dict[str, Any], place: str, parameters: dict[str, Any]) -> None:
    put(offer, place, MANY)

    assert resolved(offer, parameters={"ModelDataUrl": URL, **parameters})


NETWORK = rule({"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", "VpcId"]}, ["a"]]})


def test_a_rule_that_only_aws_can_evaluate_is_left_to_it_and_noted(offer: dict[str, Any]) -> None:
    put(offer, "product", NETWORK)

    assert resolved(offer).notes == (
        f"{WHERE}: the rule Many asks for Fn::ValueOfAll, which only AWS can evaluate, at launch.",
    )


def test_the_rules_after_one_that_only_aws_can_evaluate_count(offer: dict[str, Any]) -> None:
    put(offer, "version", NETWORK)
    put(offer, "product", MANY)

    with refused(LaunchError, "rule-broken"):
        resolved(offer, parameters={"ModelDataUrl": URL, "Environment": "staging"})


def test_a_hidden_value_stays_hidden(offer: dict[str, Any]) -> None:
    put(offer, "product", rule({"Fn::Equals": [{"Ref": "Token"}, "x"]}))

    with refused(LaunchError, "rule-broken") as found:
        resolved(offer, parameters={"ModelDataUrl": URL, "Token": Secret("v1:cipher", "secret")})
    assert "Token (hidden) break" in str(found.value)
    assert "secret" not in str(found.value)


def test_a_launch_with_a_mistake_is_refused_by_it(offer: dict[str, Any]) -> None:
    del offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]

    with refused(LaunchError, "version-not-offered", f"{WHERE}: version"):
        resolved(offer)


def test_every_launch_tells_its_mistakes(offer: dict[str, Any]) -> None:
    launches = [{"name": name, "product": "nothing", "version": "1.0.0"} for name in "ab"]

    with refused(LaunchError, "several-mistakes") as found:
        resolve_launches(settings(launches=launches), read(offer), DAY, where="here")
    assert ["here: launches[0] (a): product", "here: launches[1] (b): product"] == [
        line.partition(": invalid")[0] for line in str(found.value).splitlines()
    ]


def test_a_launch_tells_all_its_mistakes(offer: dict[str, Any]) -> None:
    parameters = offer["eu-central-1"]["products"]["scorer"]["versions"]["1.0.0"]["parameters"]
    parameters |= {name: {"type": "String"} for name in ("A", "B", "C")}
    launch = {"name": "x", "product": "scorer", "version": "1.0.0", "parameters": {"Label": "x", "Nope": "1"}}
    topic = "arn:aws:sns:eu-west-1:333344445555:models"

    with refused(LaunchError, "several-mistakes") as found:
        resolve_launches(settings(launches=[{**launch, "notifications": [topic]}]), read(offer), DAY, where="here")
    assert [
        "parameter-invalid",
        "parameter-not-offered",
        *["parameter-missing"] * 4,
        "topic-of-another-region",
    ] == [each.code for each in found.value.all]


def test_a_topic_of_another_region_is_refused(offer: dict[str, Any]) -> None:
    with refused(LaunchError, "topic-of-another-region", f"{WHERE}: notifications"):
        resolved(offer, notifications=["arn:aws:sns:eu-west-1:333344445555:models"])


def test_a_product_that_is_deployed_as_a_stack_set_is_not_launched_from_a_spoke(offer: dict[str, Any]) -> None:
    offer["eu-central-1"]["products"]["scorer"]["stack_set"] = "true"

    with refused(LaunchError, "product-is-stack-set", f"{WHERE}: product"):
        resolved(offer)


def test_a_product_is_found_by_the_key_that_it_had_at_first(offer: dict[str, Any]) -> None:
    products = offer["eu-central-1"]["products"]
    products["fraud-scorer"] = {**products.pop("scorer"), "first_key": "scorer"}

    found = resolved(offer)

    assert ("fraud-scorer", "prod-scorer") == (found.key, found.product.id)
    assert (f"{WHERE}: product: 'scorer' is now called 'fraud-scorer'.",) == found.notes


def put(offer: dict[str, Any], place: str, made: dict[str, Any]) -> None:
    """Give the product, or its version, a rule."""
    product = offer["eu-central-1"]["products"]["scorer"]
    (product if place == "product" else product["versions"]["1.1.0"])["rules"] = {"Many": made}
