"""A launch runs the model that its version brings; whoever runs another one says that it is not the catalog's."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import ResourceHookArgs

from shared.catalog.model import Archive
from shared.errors import ConfigError, LaunchError
from shared.validation import validate
from spoke.config import Launch
from spoke.inspection.launch_checks import LaunchChecks
from spoke.launches.resolution import ResolvedLaunch
from spoke.resources.lifecycle_hooks import lifecycle_hooks
from tests.support.fake_account import FakeAccount
from tests.support.offers import OFFER
from tests.support.recorder import Mocks
from tests.support.refused import mistaken, refused
from tests.support.spoke_stack import LAUNCH, resolved

WHERE = "launches[0] (scoring): "
PACKAGE = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/scorer"
FIRST, SECOND = "s3://models/scorer-one.tar.gz", "s3://models/scorer-two.tar.gz"
IMAGE = "222233334444.dkr.ecr.eu-central-1.amazonaws.com/scorer@sha256:5"
OWN = {"archive": "s3://mine/scorer.tar.gz", "acknowledgeNotTheCatalogs": True}
PLAIN = {"InstanceCount": 2, "Environment": "staging"}


@pytest.fixture
def offer(offer: dict[str, Any]) -> dict[str, Any]:
    """Let the versions of the hub's product bring their models."""
    versions = offer["eu-central-1"]["products"]["scorer"]["versions"]
    for number, uri in (("1.0.0", FIRST), ("1.1.0", SECOND)):
        versions[number]["model"] = {
            "package": f"{PACKAGE}/{number[2]}",
            "archive": {"uri": uri, "etag": "e" * 32},
            "images": {"eu-central-1": {"uri": IMAGE, "pinned": "digest"}},
            "parameters": {"archive": "ModelDataUrl"},
        }
    return offer


def scorer(offer: dict[str, Any], number: str = "1.1.0") -> dict[str, Any]:
    """Give a version of the offer to change."""
    return offer["eu-central-1"]["products"]["scorer"]["versions"][number]


def test_the_version_sets_the_parameter_that_takes_its_archive(offer: dict[str, Any]) -> None:
    found = {number: resolved(offer, version=number, parameters=PLAIN) for number in ("1.0.0", "1.1.0")}

    assert {"1.0.0": FIRST, "1.1.0": SECOND} == {
        number: launch.parameters["ModelDataUrl"] for number, launch in found.items()
    }
    assert {"InstanceCount": "2", "Environment": "staging"} == found["1.1.0"].launch.parameters


def test_image_package_and_code_come_with_it_where_the_template_takes_them(offer: dict[str, Any]) -> None:
    version = scorer(offer)
    names = {"image": "ImageUri", "package": "Package", "code": "CodeUrl"}
    version["parameters"] = {**version["parameters"], **{name: {"type": "String"} for name in names.values()}}
    version["model"] |= {"code": "s3://models/code.tar.gz", "parameters": {"archive": "ModelDataUrl", **names}}

    found = resolved(offer, parameters=PLAIN).parameters

    assert (IMAGE, f"{PACKAGE}/1", "s3://models/code.tar.gz") == tuple(found[name] for name in names.values())


@pytest.mark.parametrize("value", ["s3://models/mine.tar.gz", SECOND])
def test_settings_that_name_what_the_version_brings_are_refused_with_the_line_to_delete(
    offer: dict[str, Any], value: str
) -> None:
    with refused(LaunchError, "parameter-of-the-version", f"{WHERE}parameters.ModelDataUrl") as found:
        resolved(offer, parameters={**PLAIN, "ModelDataUrl": value})

    assert f"1.1.0 runs {SECOND}. Delete `ModelDataUrl: {value}`." in str(found.value)
    assert "ownModel: {archive: s3://…, acknowledgeNotTheCatalogs: true}" in str(found.value)


def test_a_parameter_that_this_version_leaves_alone_is_not_for_settings_either(offer: dict[str, Any]) -> None:
    version = scorer(offer)
    version["parameters"] = {**version["parameters"], "CodeUrl": {"type": "String", "default": "", "no_echo": "true"}}
    version["model"]["parameters"]["code"] = "CodeUrl"

    with refused(LaunchError, "parameter-of-the-version", "parameters.CodeUrl") as found:
        resolved(offer, parameters={**PLAIN, "CodeUrl": "s3://mine/code.tar.gz"})
    assert "1.1.0 brings none. Delete `CodeUrl: (hidden)`." in str(found.value)


def test_the_only_parameter_can_be_deleted_without_the_key_above_it() -> None:
    assert {} == validate(Launch, {**LAUNCH, "parameters": None}, where="here", error=ConfigError).parameters


def test_a_hub_of_an_older_release_leaves_the_archive_to_the_settings() -> None:
    older = {"ModelDataUrl": "s3://models/scorer.tar.gz", **PLAIN}

    found = resolved(older_offer(), parameters=older)

    assert ("s3://models/scorer.tar.gz", None) == (found.parameters["ModelDataUrl"], found.model)


def test_an_own_archive_takes_the_place_of_the_catalogs(offer: dict[str, Any]) -> None:
    found = resolved(offer, parameters=PLAIN, ownModel=OWN)

    assert OWN["archive"] == found.parameters["ModelDataUrl"]
    assert found.model
    assert (True, "", SECOND) == (found.model.own, found.model.package, found.model.replaced)


def test_an_own_archive_that_the_catalog_has_come_to_is_the_catalogs(offer: dict[str, Any]) -> None:
    found = resolved(offer, parameters=PLAIN, ownModel={**OWN, "archive": SECOND})

    assert found.model
    assert (False, f"{PACKAGE}/1") == (found.model.own, found.model.package)


def test_an_own_archive_has_to_be_acknowledged() -> None:
    with mistaken("own-model-not-acknowledged"):
        Launch.model_validate({**LAUNCH, "ownModel": {**OWN, "acknowledgeNotTheCatalogs": False}})


@pytest.mark.parametrize(
    ("change", "own", "code", "place"),
    [
        ({"parameters": {"package": "Environment"}}, OWN, "own-model-not-taken", "ownModel"),
        (None, OWN, "own-model-not-taken", "ownModel"),
        ({}, {**OWN, "archive": "s3://mine/scorer.zip"}, "parameter-invalid", "ownModel.archive"),
    ],
    ids=["no parameter for it", "an older hub", "not as the template wants it"],
)
def test_an_own_archive_for_which_there_is_no_place_is_refused(
    offer: dict[str, Any], change: dict[str, Any] | None, own: dict[str, Any], code: str, place: str
) -> None:
    if change is None:
        del scorer(offer)["model"]
    else:
        scorer(offer)["model"] |= change

    with refused(LaunchError, code, f"{WHERE}{place}"):
        resolved(offer, parameters={}, ownModel=own)


def test_a_preview_says_from_which_archive_to_which_a_launch_moves(offer: dict[str, Any], said: list[str]) -> None:
    launch = resolved(offer, version="~1", parameters=PLAIN)

    act(launch, "pa-scorer-100", FIRST)

    assert [
        "scoring moves from 1.0.0 to 1.1.0, the newest of ~1",
        f"scoring: model {FIRST} -> {SECOND}",
    ] == said


def test_a_preview_says_so_too_where_the_version_stays(offer: dict[str, Any], said: list[str]) -> None:
    """As it does once for whoever named an archive in the settings until now."""
    act(resolved(offer, parameters=PLAIN), "pa-scorer-110", "s3://mine/scorer.tar.gz")

    assert [f"scoring: model s3://mine/scorer.tar.gz -> {SECOND}"] == said


def test_nothing_is_said_of_a_model_that_stays(offer: dict[str, Any], said: list[str]) -> None:
    act(resolved(offer, parameters=PLAIN), "pa-scorer-110", SECOND)

    assert [] == said


def test_the_outputs_name_the_model(deploy: Callable[..., Mocks], offer: dict[str, Any]) -> None:
    assert offer
    mocks = deploy(launches=[{**LAUNCH, "parameters": PLAIN}])

    assert {"package": f"{PACKAGE}/1", "archive": SECOND, "digest": f"etag:{'e' * 32}", "own": False} == mocks.exports[
        "launches"
    ]["scoring"]["model"]
    launched = mocks.one(aws.servicecatalog.ProvisionedProduct).inputs["provisioningParameters"]
    assert {"key": "ModelDataUrl", "value": SECOND} in launched


def test_an_own_model_is_warned_of_and_named_in_the_outputs(
    deploy: Callable[..., Mocks], offer: dict[str, Any], said: list[str]
) -> None:
    assert offer
    mocks = deploy(launches=[{**LAUNCH, "parameters": PLAIN, "ownModel": OWN}])

    warned = f"(scoring): runs {OWN['archive']}, which is not the catalog's: the version's is {SECOND} (ownModel)"
    assert [warned] == [line.partition("launches[0] ")[2] for line in said if "not the catalog's" in line]
    assert {"package": "", "archive": OWN["archive"], "digest": "", "own": True} == mocks.exports["launches"][
        "scoring"
    ]["model"]


@pytest.mark.parametrize(("own", "words"), [(None, f" with {SECOND} is new"), (OWN, ", not the catalog's, is new")])
def test_the_preflight_names_what_a_launch_runs(offer: dict[str, Any], own: dict[str, Any] | None, words: str) -> None:
    launch = resolved(offer, parameters=PLAIN, **({"ownModel": own} if own else {}))
    scope: Any = type("Scope", (), {"resolved_launches": [launch], "tags": {}})
    account: Any = FakeAccount("333344445555", {}, {})
    portfolios: Any = None

    [finding] = LaunchChecks(scope, account, portfolios).launches()

    assert words in finding.text


def test_what_an_archive_is_known_by_is_told_the_strongest_first() -> None:
    known = {"uri": SECOND, "version_id": "v", "etag": "e", "sha256": "s"}

    digests = [
        Archive.model_validate({key: known[key] for key in keys}).digest
        for keys in (known, ("uri", "version_id", "etag"), ("uri", "version_id"), ("uri",))
    ]

    assert ["sha256:s", "etag:e", "version-id:v", ""] == digests


def older_offer() -> dict[str, Any]:
    """Give an offer whose versions do not bring their models."""
    assert "model" not in OFFER["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]
    return dict(OFFER)


def act(launch: ResolvedLaunch, artifact: str, archive: str) -> None:
    """Let the engine come to an update of what was deployed with an archive."""
    [hook] = lifecycle_hooks(launch).before_update or []
    before = {
        "provisioningArtifactId": artifact,
        "provisioningParameters": [{"key": "ModelDataUrl", "value": archive}],
    }
    hook(ResourceHookArgs("urn", "pp-1", "scoring", "type", old_inputs=before))  # pyright: ignore[reportCallIssue] - a hook is callable
