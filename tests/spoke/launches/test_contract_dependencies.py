"""The excerpt of the contract holds all that a spoke's result depends on, and nothing else."""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pytest

from shared.catalog import contract
from shared.errors import CatalogError, LaunchError
from shared.stack.names import SPOKE_PROJECT
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Excerpts, Parts, digest
from spoke.program import run
from tests.support.catalog_copy import DAY
from tests.support.contract_leaves import CENTRAL, Change, Way, at, changes, groups, put, rich, together
from tests.support.offers import ACCOUNT, HUB_STACK, PARAMETERS, read, version
from tests.support.recorder import recording
from tests.support.refused import refused
from tests.support.spoke_stack import as_settings, pretend_aws

WEST = "eu-west-1"
SCORER: Way = (CENTRAL, "products", "scorer")
LAUNCHED: Way = (*SCORER, "versions", "1.1.0")
SCORING: dict[str, Any] = {
    "name": "scoring",
    "product": "scorer",
    "version": "~1.1",
    "parameters": {"ModelDataUrl": "s3://models/scorer.tar.gz", "InstanceCount": 2, "Environment": "staging"},
    "tags": {"team": "risk", "tier": "gold"},
    "notifications": [f"arn:aws:sns:{CENTRAL}:{ACCOUNT}:models"],
}
PINNED: dict[str, Any] = {"name": "search", "product": "embedder", "version": "1.0.0", "region": WEST}
GUEST: dict[str, Any] = {"portfolio": "batch", "arn": f"arn:aws:iam::{ACCOUNT}:role/Guest"}
ASKED: Mapping[str, Any] = {"launches": [SCORING, PINNED]}
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "roles of its own": {**ASKED, "principals": [GUEST]},
    "roles of somebody else": {**ASKED, "launchRoles": "existing"},
    "what another stack set up": {**ASKED, "portfolios": ["batch"], "principals": [GUEST]},
    "some roles of another stack": {**ASKED, "existingRoles": ["scorer"]},
    "former keys": {"launches": [{**SCORING, "product": "classifier"}], "principals": [{**GUEST, "portfolio": "live"}]},
    "access alone": {"launches": [], "principals": [GUEST]},
}
"""What spokes ask for, each in another way."""


@functools.cache
def all_changes() -> Sequence[Change]:
    """List the changes of the rich offer once for all variants."""
    return list(changes(rich()))


@pytest.mark.parametrize("asked", VARIANTS.values(), ids=VARIANTS)
def test_a_leaf_of_the_contract_is_in_the_excerpt_or_means_nothing_to_the_spoke(asked: Mapping[str, Any]) -> None:
    """Where the change of a leaf leaves the excerpt alone, the program declares exactly what it did."""
    offer = rich()
    excerpt, before = excerpt_of(offer, asked), declared(offer, asked)
    silent = [change for change in all_changes() if excerpt == excerpt_or_refusal(change.made(offer), asked)]

    assert len(silent) > 100
    assert [] == list(found_out(offer, asked, silent, excerpt, before))


LEFT_ALONE: Mapping[str, tuple[Way, object]] = {
    "a product's description": ((*SCORER, "description"), "Another model."),
    "a product's owner": ((*SCORER, "owner"), "Somebody else"),
    "a product's name": ((*SCORER, "name"), "The classifier"),
    "a version's description": ((*LAUNCHED, "description"), "Another version."),
    "a model card": ((*LAUNCHED, "card", "risk"), "low"),
    "a cost": ((*LAUNCHED, "cost", "hours"), "100"),
    "an approved model": ((*LAUNCHED, "model_package"), "another"),
    "a date that is yet to come": ((*LAUNCHED, "retires_on"), "2027-09-01"),
    "advice on what to use instead": ((*LAUNCHED, "replacement"), "2.0.0"),
    "a version that nobody here launches": ((*SCORER, "versions", "1.0.0", "id"), "pa-another"),
    "a version that the range does not take": ((*SCORER, "versions", "3.0.0"), version("pa-scorer-300", {})),
    "a newer version beside a pinned one": (
        (WEST, "products", "embedder", "versions", "1.0.1"),
        version("pa-west-101", {}),
    ),
    "a product of another portfolio": ((CENTRAL, "products", "forecaster", "id"), "prod-another"),
    "another portfolio": ((CENTRAL, "portfolios", "batch", "name"), "Other models"),
    "a portfolio that is new": ((CENTRAL, "portfolios", "new"), {"id": "port-new", "name": "New", "shares": []}),
    "a share with others": (
        (CENTRAL, "portfolios", "online", "shares"),
        [{"type": "ACCOUNT", "target": "444455556666"}, {"type": "ORGANIZATION", "target": "o-a1b2c3d4e5"}],
    ),
    "a region that is new": (("eu-north-1",), {"portfolios": {}, "products": {}}),
}
MOVED: Mapping[str, tuple[Way, object, str]] = {
    "a product's id": ((*SCORER, "id"), "prod-another", "offer of scoring"),
    "a tag of the catalog": ((*SCORER, "tags", "framework"), "torch", "offer of scoring"),
    "whether tags may change": ((*SCORER, "tag_updates"), "ALLOWED", "offer of scoring"),
    "a settled tag option": ((*SCORER, "tag_options", "cost-center"), ["4712"], "offer of scoring"),
    "the launched version's id": ((*LAUNCHED, "id"), "pa-another", "offer of scoring"),
    "its newest version": ((*SCORER, "versions", "1.1.1"), version("pa-scorer-111", PARAMETERS), "offer of scoring"),
    "the archive that the launched version brings": (
        (*LAUNCHED, "model", "archive", "uri"),
        "s3://models/another.tar.gz",
        "offer of scoring",
    ),
    "a default of its template": (
        (*LAUNCHED, "parameters", "InstanceCount", "default"),
        "2",
        "offer of scoring",
    ),
    "the deprecation of the launched version": ((*LAUNCHED, "state"), "deprecated", "offer of scoring"),
    "a launch role's policy": (
        (*SCORER, "launch_role", "policy", "Statement", 0, "Action"),
        "s3:PutObject",
        "roles of scorer",
    ),
    "who may assume an execution role": ((*SCORER, "execution_role", "services"), [], "roles of scorer"),
    "the roles of a product in another region": (
        (WEST, "products", "embedder", "launch_role", "policy", "Statement", 0, "Action"),
        "s3:PutObject",
        "roles of embedder",
    ),
    "a portfolio's id": ((CENTRAL, "portfolios", "online", "id"), "port-another", "portfolio online in eu-central-1"),
    "a share with this account alone": (
        (WEST, "portfolios", "online", "shares"),
        [{"type": "ACCOUNT", "target": ACCOUNT}],
        "portfolio online in eu-west-1",
    ),
}


@pytest.mark.parametrize(("way", "value"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_a_spoke_does_not_use_leaves_its_excerpt_alone(way: Way, value: object) -> None:
    offer = rich()
    before = excerpt_of(offer, ASKED)

    put(offer, way, value)

    assert before == excerpt_of(offer, ASKED)


@pytest.mark.parametrize(("way", "value", "part"), MOVED.values(), ids=MOVED)
def test_what_a_spoke_uses_moves_its_excerpt(way: Way, value: object, part: str) -> None:
    offer = rich()
    before = excerpt_of(offer, ASKED)

    put(offer, way, value)

    assert [part] == difference(before, excerpt_of(offer, ASKED))


def test_a_product_that_joins_a_portfolio_in_use_brings_its_roles() -> None:
    offer = rich()
    before = excerpt_of(offer, ASKED)

    put(offer, (CENTRAL, "products", "idle", "portfolio"), "online")

    assert ["roles of idle"] == difference(before, excerpt_of(offer, ASKED))


@pytest.mark.parametrize(
    ("key", "state"), [("deprecated_on", "deprecated"), ("retires_on", "retired")], ids=["deprecated", "retired"]
)
def test_the_day_on_which_a_version_comes_to_its_end_moves_the_excerpt(key: str, state: str) -> None:
    offer, asked = rich(), {"launches": [{**SCORING, "version": "1.1.0"}]}
    day = dt.date.fromisoformat(str(at(offer, (*LAUNCHED, key))))
    eve, then = day - dt.timedelta(days=1), day + dt.timedelta(days=1)

    assert ["offer of scoring"] == difference(excerpt_of(offer, asked, eve), excerpt_of(offer, asked, day))
    assert excerpt_of(offer, asked, day) == excerpt_of(offer, asked, then)
    [resolved] = excerpts_of(offer, day).of(settings_of(asked), where="here")[1]
    assert state == resolved.choice.state


def test_roles_of_somebody_else_count_by_their_names_alone() -> None:
    offer, asked = rich(), {**ASKED, "launchRoles": "existing"}
    before = excerpt_of(offer, asked)

    put(offer, (*SCORER, "launch_role", "policy", "Statement"), [])
    assert before == excerpt_of(offer, asked)

    put(offer, (*SCORER, "launch_role", "name"), "ModelCatalogLaunch-other")
    assert ["roles of scorer"] == difference(before, excerpt_of(offer, asked))


def test_what_the_hub_does_not_offer_has_no_excerpt() -> None:
    with refused(LaunchError, "version-not-offered", "launches[0] (scoring): version"):
        excerpt_of(rich(), {"launches": [{**SCORING, "version": "9.9.9"}]})


def test_spokes_that_are_cut_out_of_one_contract_do_not_meet() -> None:
    offer = rich()
    together = excerpts_of(offer, DAY)

    for asked in [*VARIANTS.values(), *VARIANTS.values()]:
        assert excerpt_of(offer, asked) == together.of(settings_of(asked), where="here")[0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": "1"}, {"a": 1}, False),
        (["é"], ["e"], False),
    ],
)
def test_a_digest_looks_at_content_and_not_at_the_order_of_keys(one: object, other: object, same: bool) -> None:  # noqa: FBT001 - what is expected
    assert same is (digest(one) == digest(other))


def settings_of(asked: Mapping[str, Any]) -> SpokeSettings:
    """Give the settings of a spoke that asks for this."""
    return SpokeSettings.model_validate({"accountId": ACCOUNT, "aws:region": CENTRAL, **asked})


def excerpts_of(offer: Mapping[str, Any], day: dt.date) -> Excerpts:
    """Publish an offer."""
    return Excerpts(read(offer), day)


def excerpt_of(offer: Mapping[str, Any], asked: Mapping[str, Any], day: dt.date = DAY) -> Parts:
    """Give the excerpt of a spoke that asks for this."""
    return excerpts_of(offer, day).of(settings_of(asked), where="here")[0]


def excerpt_or_refusal(offer: Mapping[str, Any], asked: Mapping[str, Any]) -> Parts | str:
    """Give the excerpt, or why a run would be refused."""
    try:
        return excerpt_of(offer, asked)
    except CatalogError as refusal:
        return str(refusal)


def found_out(
    offer: Mapping[str, Any],
    asked: Mapping[str, Any],
    silent: Sequence[Change],
    excerpt: Parts,
    before: Mapping[str, Any],
) -> Iterator[str]:
    """Tell which of some changes that leave the excerpt alone mean something after all.

    They are made many at a time, since a run takes longer than all the rest; where that shows a difference, or they
    do not go together, each is made by itself.
    """
    for some in groups(silent):
        changed = together(offer, some)
        if changed and excerpt == excerpt_or_refusal(changed, asked) and before == declared(changed, asked):
            continue
        for change in some:
            different = difference(before, declared(change.made(offer), asked))
            if different:
                yield f"{change}: {different}"


def declared(offer: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Run a spoke's program, and give everything that it tells the engine and asks AWS."""
    with recording(SPOKE_PROJECT, "spoke-research", as_settings({"accountId": ACCOUNT, **asked})) as mocks:
        pretend_aws(mocks)
        names = {
            product[role]["name"]
            for region in offer.values()
            for product in region["products"].values()
            for role in ("launch_role", "execution_role")
        }
        mocks.answers["getRoles"] = lambda _: {"names": sorted(names), "arns": []}
        mocks.stacks[HUB_STACK] = {"catalog": contract.publish("222233334444", offer)}
        mocks.deploy(run)
        launches: dict[str, Any] = {
            name: {key: value for key, value in launch.items() if key != "estimated_monthly_cost"}
            for name, launch in mocks.exports["launches"].items()
        }
        return {
            **{resource.urn: asdict(resource) for resource in mocks.resources},
            "calls": [asdict(call) for call in mocks.calls],
            "launches": launches,
            "outputs": sorted(mocks.exports),
        }


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name what is not the same."""
    return sorted(key for key in {**before, **after} if before.get(key) != after.get(key))
