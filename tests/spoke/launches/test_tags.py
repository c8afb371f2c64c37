"""The tags of a launch: what the catalog sets, what tag options ask for, what may change."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pulumi_aws as aws
import pytest

from shared.errors import LaunchError
from spoke.resources.lifecycle_hooks import lifecycle_hooks
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH, resolved

OPTIONS = {"cost-centre": ["100", "200"], "tier": ["gold"]}


@pytest.fixture
def scorer(offer: dict[str, Any]) -> dict[str, Any]:
    """Give the product that is launched, to change it."""
    product: dict[str, Any] = offer["eu-central-1"]["products"]["scorer"]
    return product


def test_a_tag_with_one_possible_value_gets_it(offer: dict[str, Any], scorer: dict[str, Any]) -> None:
    scorer["tag_options"] = OPTIONS

    found = resolved(offer, tags={"cost-centre": "200"})

    assert {
        "cost-centre": "200",
        "tier": "gold",
        "framework": "scorer",
        "model-catalog-hub": "hub",
    } == found.tags


@pytest.mark.parametrize(
    ("tags", "code", "place", "words"),
    [
        ({}, "tag-missing", "tags.cost-centre", "one of: 100, 200."),
        ({"cost-centre": "300"}, "tag-not-allowed", "tags.cost-centre", "The hub allows: 100, 200."),
        ({"cost-centre": "100", "tier": "silver"}, "tag-not-allowed", "tags.tier", "The hub allows: gold."),
        (
            {"cost-centre": "100", **{f"tag-{number}": "x" for number in range(46)}},
            "too-many-tags",
            "tags",
            "there are 51 tags, and AWS takes 50",
        ),
    ],
)
def test_what_tag_options_do_not_allow_is_refused(
    offer: dict[str, Any], scorer: dict[str, Any], tags: dict[str, str], code: str, place: str, words: str
) -> None:
    scorer["tag_options"] = OPTIONS

    with refused(LaunchError, code, f"launches[0] (scoring): {place}") as found:
        resolved(offer, tags=tags)
    assert words in str(found.value)


def test_tags_that_are_left_to_aws_are_not_sent_and_the_provider_takes_no_notice_of_them(
    deploy: Callable[..., Mocks], scorer: dict[str, Any]
) -> None:
    """Whether AWS takes a key twice nobody has tried: both ways have to work."""
    scorer["tag_options"] = {"tier": ["gold"]}
    launch = {**LAUNCH, "tags": {"team": "risk", "framework": "scorer"}}

    left = deploy(launches=[launch], catalogTags="leave")

    [provider] = left.all("pulumi:providers:aws")
    assert {"team": "risk"} == left.one(aws.servicecatalog.ProvisionedProduct).inputs["tags"]
    assert {"keys": ["framework", "model-catalog-hub", "tier"]} == json.loads(provider.inputs["ignoreTags"])


def test_tags_of_the_catalog_are_sent_unless_they_are_left(deployed: Mocks) -> None:
    [provider] = deployed.all("pulumi:providers:aws")

    assert {"framework", "model-catalog-hub", "team"} == set(
        deployed.one(aws.servicecatalog.ProvisionedProduct).inputs["tags"]
    )
    assert "ignoreTags" not in provider.inputs


def test_a_tag_of_the_catalog_may_not_be_another_even_where_it_is_left(
    deploy: Callable[..., Mocks], scorer: dict[str, Any]
) -> None:
    del scorer
    with refused(LaunchError, "tag-set-by-catalog", "launches[0] (scoring): tags.framework"):
        deploy(launches=[{**LAUNCH, "tags": {"framework": "mine"}}], catalogTags="leave")


def test_a_tag_of_the_stack_and_one_of_the_catalog_do_not_fight(
    deploy: Callable[..., Mocks], scorer: dict[str, Any]
) -> None:
    """AWS would keep one of them, and the provider would send the other again and again."""
    scorer["tags"] = {**scorer["tags"], "cost-center": "platform"}
    with refused(LaunchError, "tag-of-stack-and-catalog", "launches[0] (scoring)"):
        deploy(launches=[LAUNCH], tags={"cost-center": "risk"})

    [provider] = deploy(launches=[LAUNCH], tags={"cost-center": "platform"}, catalogTags="leave").all(
        "pulumi:providers:aws"
    )
    assert {"keys": ["framework", "model-catalog-hub"]} == json.loads(provider.inputs["ignoreTags"])


def test_a_tag_of_the_stack_answers_what_the_hub_asks_for(deploy: Callable[..., Mocks], scorer: dict[str, Any]) -> None:
    scorer["tag_options"] = {"cost-center": ["risk", "growth"]}

    assert deploy(launches=[LAUNCH], tags={"cost-center": "risk"}).one(aws.servicecatalog.ProvisionedProduct)
    with refused(LaunchError, "tag-not-allowed", "launches[0] (scoring): tags.cost-center"):
        deploy(launches=[LAUNCH], tags={"cost-center": "finance"})


def test_a_launch_may_have_as_many_tags_as_aws_takes(offer: dict[str, Any]) -> None:
    catalog_and_stack = 3

    assert resolved(offer, tags={f"tag-{number}": "x" for number in range(50 - catalog_and_stack)})


@pytest.mark.parametrize(
    ("updates", "new", "kept"),
    [
        ("NOT_ALLOWED", {"team": "growth"}, True),
        ("NOT_ALLOWED", {"team": "risk"}, False),
        ("ALLOWED", {"team": "growth"}, False),
    ],
)
def test_tags_stay_where_the_hub_says_so(
    offer: dict[str, Any], scorer: dict[str, Any], updates: str, new: dict[str, str], *, kept: bool
) -> None:
    scorer["tag_updates"] = updates
    hooks = lifecycle_hooks(resolved(offer)).before_update or []
    artifact = {"provisioningArtifactId": "pa-scorer-110"}
    args: Any = SimpleNamespace(old_inputs={**artifact, "tags": {"team": "risk"}}, new_inputs={**artifact, "tags": new})

    if kept:
        with refused(LaunchError, "tags-not-updated", "launches[0] (scoring): tags") as found:
            cast("Any", hooks[0]).callback(args)
        assert "Put them back: team was 'risk'." in str(found.value)
    else:
        cast("Any", hooks[0]).callback(args)
