"""What of a launch is checked against the hub's offer, before AWS sees it."""

from typing import Any

import pytest

from shared.catalog.contract import Contract, parse, publish
from shared.errors import LaunchError
from shared.secret_value import Secret
from spoke.launches.resolution import ResolvedLaunch, region_catalog, resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.refused import refused
from tests.support.spoke_stack import settings

DATA = "s3://models/scorer.tar.gz"
WHERE = "Pulumi.spoke-research.yaml: launches[0] (scoring)"


def test_an_order_holds_all_that_a_launch_needs(published: Contract) -> None:
    [resolved] = resolved_launches(published, version="1.0.0", parameters={"ModelDataUrl": DATA})

    assert "eu-central-1" == resolved.region
    assert "prod-scorer" == resolved.product.id
    assert "pa-scorer-100" == resolved.choice.version.id
    assert "port-online" == resolved.portfolio.id


def test_orders_come_in_the_order_of_the_settings(published: Contract) -> None:
    launches = [
        {"name": name, "product": "embedder", "version": "1.0.0", "region": region}
        for name, region in [("z", "eu-west-1"), ("a", "eu-central-1")]
    ]

    found = resolve_launches(settings(launches=launches), published, DAY, where="Pulumi.spoke-research.yaml")

    assert [("z", "port-west"), ("a", "port-online")] == [
        (resolved.launch.name, resolved.portfolio.id) for resolved in found
    ]


@pytest.mark.parametrize(
    ("changed", "code", "place", "words"),
    [
        ({"product": "scorerr"}, "not-offered", "product", "It offers as product: embedder, "),
        ({"version": "1.2.0"}, "version-not-offered", "version", "It offers of The scorer: 1.0.0, 1.1.0."),
        ({"region": "us-east-1"}, "region-not-offered", "region", "It offers as region: eu-central-1, "),
        ({"region": "eu-west-1"}, "not-offered", "product", "It offers as product: embedder."),
        (
            {"parameters": {"Size": "1"}},
            "parameter-not-offered",
            "parameters",
            "It offers as parameter: Environment, InstanceCount, Label,",
        ),
        (
            {"product": "embedder", "version": "1.0.0", "parameters": {"Size": 1}},
            "parameter-not-offered",
            "parameters",
            "It offers as parameter: none.",
        ),
    ],
)
def test_what_is_not_offered_is_named_beside_what_is(
    published: Contract, changed: dict[str, Any], code: str, place: str, words: str
) -> None:
    with refused(LaunchError, code, f"{WHERE}: {place}") as found:
        resolved_launches(published, **changed)
    assert words in str(found.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Environment", "production", "'production'. The allowed values are: development, staging."),
        ("ModelDataUrl", "https://models", "'https://models'. It must match s3"),
        ("ModelDataUrl", f"{DATA}/more", f"'{DATA}/more'. It must match s3"),
        ("ModelDataUrl", "", "''. It must match s3"),
        ("InstanceCount", "many", "'many'. It must be a number."),
        ("InstanceCount", "", "''. It must be a number."),
        ("InstanceCount", "nan", "'nan'. It must be a number."),
        ("InstanceCount", "1_0", "'1_0'. It must be a number."),
        ("InstanceCount", 0, "'0'. It must be at least 1."),
        ("InstanceCount", 10.5, "'10.5'. It must be at most 10."),
        ("InstanceCount", "1e2", "'1e2'. It must be at most 10."),
        ("Label", "x", "'x'. It must have 2 to 6 characters."),
        ("Label", "toolong", "'toolong'. It must have 2 to 6 characters."),
        ("Subnets", ["subnet-1a", "vpc-2b"], "'subnet-1a,vpc-2b'. It must match (subnet-[0-9a-f]+)?."),
        ("Range", "a,b", "'a,b'. It must match "),
        ("Zones", "a,d", "'a,d'. The allowed values are: a, b, c."),
    ],
)
def test_a_value_that_cloudformation_would_refuse_is_refused(
    published: Contract, name: str, value: object, words: str
) -> None:
    with refused(LaunchError, "parameter-invalid", f"{WHERE}: parameters.{name}") as found:
        resolved_launches(published, parameters={"ModelDataUrl": DATA, name: value})
    assert f"invalid value {words}" in str(found.value)


def test_what_the_template_says_of_a_value_is_told(published: Contract) -> None:
    with refused(LaunchError, "parameter-invalid") as found:
        resolved_launches(published, parameters={"ModelDataUrl": "https://models"})
    assert str(found.value).endswith(" An object of S3.")


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("InstanceCount", 1, "1"),
        ("InstanceCount", 10.0, "10"),
        ("InstanceCount", 2.5, "2.5"),
        ("InstanceCount", "+3", "+3"),
        ("Subnets", ["subnet-1a", "subnet-2b"], "subnet-1a,subnet-2b"),
        ("Subnets", "subnet-1a, subnet-2b", "subnet-1a, subnet-2b"),
        ("Subnets", [], ""),
        ("Zones", "a, c", "a, c"),
        ("Label", "ab", "ab"),
        ("Label", "abcdef", "abcdef"),
        ("Range", "a, b", "a, b"),
        ("Label", True, "true"),
    ],
)
def test_a_value_that_cloudformation_would_take_is_taken(
    published: Contract, name: str, value: object, written: str
) -> None:
    [resolved] = resolved_launches(published, parameters={"ModelDataUrl": DATA, name: value})

    assert written == resolved.launch.parameters[name]


def test_a_parameter_without_a_default_is_asked_for(published: Contract) -> None:
    with refused(LaunchError, "parameter-missing", f"{WHERE}: parameters.ModelDataUrl") as found:
        resolved_launches(published, parameters={})
    assert str(found.value).endswith(" Where the model is.")


def test_a_missing_parameter_without_a_description_is_named_alone(offer: dict[str, Any]) -> None:
    del offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]["parameters"]["ModelDataUrl"]["description"]
    published = parse(publish("222233334444", offer), source="hub")

    with refused(LaunchError, "parameter-missing") as found:
        resolved_launches(published, parameters={})
    assert str(found.value).endswith("the template has no default: add it.")


def test_a_hidden_value_is_never_shown(published: Contract) -> None:
    with refused(LaunchError, "parameter-invalid", f"{WHERE}: parameters.Token") as found:
        resolved_launches(published, parameters={"ModelDataUrl": DATA, "Token": Secret("v1:x", "hunter2hunter2")})

    assert "invalid value (hidden). It must have 0 to 8" in str(found.value)
    assert "hunter2" not in str(found.value)


def test_a_tag_of_the_catalog_cannot_be_set_to_something_else(published: Contract) -> None:
    with refused(LaunchError, "tag-set-by-catalog", f"{WHERE}: tags.framework"):
        resolved_launches(published, parameters={"ModelDataUrl": DATA}, tags={"framework": "torch"})


def test_a_tag_of_the_catalog_may_be_repeated(published: Contract) -> None:
    [resolved] = resolved_launches(
        published, parameters={"ModelDataUrl": DATA}, tags={"framework": "scorer", "team": "risk"}
    )

    assert {"framework": "scorer", "team": "risk"} == resolved.launch.tags


def test_the_stacks_own_region_must_be_one_of_the_hubs(published: Contract) -> None:
    assert "port-west" == region_catalog(published, "eu-west-1", where="here").portfolios["online"].id
    with refused(LaunchError, "region-not-offered", "here: region"):
        region_catalog(published, "eu-north-1", where="here")


def resolved_launches(published: Contract, **changed: object) -> list[ResolvedLaunch]:
    """Match one launch of the scorer that is as given."""
    launch = {"name": "scoring", "product": "scorer", "version": "1.1.0", **changed}
    return resolve_launches(settings(launches=[launch]), published, DAY, where="Pulumi.spoke-research.yaml")
