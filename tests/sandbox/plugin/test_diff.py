"""What Diff makes of changes, and what previews and refreshes make of states."""

import json
from typing import Any

import pytest

from sandbox.plugin import diff
from sandbox.plugin.registry import RESOURCES
from sandbox.plugin.schema import Operation
from sandbox.plugin.wire import UNKNOWN

ROLE, SHARE = "aws:iam/role:Role", "aws:servicecatalog/portfolioShare:PortfolioShare"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LAUNCH = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"


def policy(*actions: str) -> str:
    """A policy that allows actions."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]}
    )


def difference(kind: str, olds: dict[str, Any], news: dict[str, Any], *ignore: str) -> dict[str, str]:
    """How inputs differ from a stored state: each path with what happens there."""
    resource, olds = RESOURCES[kind], {"region": "eu-central-1", **olds}
    state = diff.planned(resource, news, olds, "eu-central-1", ignore)
    found = diff.differences(resource, olds, state, ignore)
    return {diff.path_text(path): f"{what}{' REPLACE' if replaces else ''}" for path, what, replaces in found}


def test_a_change_where_the_real_type_replaces_replaces() -> None:
    assert difference(ROLE, {"name": "a", "path": "/"}, {"name": "b", "path": "/"}) == {"name": "UPDATE REPLACE"}


def test_any_other_change_updates_in_place() -> None:
    assert difference(ROLE, {"description": "a"}, {"description": "b"}) == {"description": "UPDATE"}


def test_every_part_of_a_first_version_replaces_the_product() -> None:
    olds = {"provisioningArtifactParameters": {"templateUrl": "a", "disableTemplateValidation": False}}
    news = {"provisioningArtifactParameters": {"templateUrl": "b", "disableTemplateValidation": False}}
    expected = {"provisioningArtifactParameters.templateUrl": "UPDATE REPLACE"}
    assert difference("aws:servicecatalog/product:Product", olds, news) == expected


def test_what_aws_decided_stays_when_the_program_is_silent() -> None:
    assert difference(VERSIONING, {"versioningConfiguration": {"status": "Enabled", "mfaDelete": "Disabled"}}, {
        "versioningConfiguration": {"status": "Enabled"}
    }) == {}  # fmt: skip


def test_an_optional_property_that_the_program_drops_is_removed() -> None:
    assert difference(ROLE, {"permissionsBoundary": "arn:x"}, {}) == {"permissionsBoundary": "DELETE"}


def test_nothing_and_empty_are_the_same() -> None:
    assert difference(ROLE, {"description": "", "forceDetachPolicies": False}, {}) == {}


def test_policies_that_mean_the_same_make_no_difference() -> None:
    assert difference(ROLE, {"assumeRolePolicy": policy("a", "b")}, {"assumeRolePolicy": policy("b", "a")}) == {}
    assert difference(ROLE, {"assumeRolePolicy": policy("a")}, {"assumeRolePolicy": policy("b")}) == {
        "assumeRolePolicy": "UPDATE"
    }


def test_a_share_may_be_stored_by_the_last_part_of_its_arn() -> None:
    arn = "arn:aws:organizations::111122223333:ou/o-abc/ou-1234-12345678"
    assert difference(SHARE, {"principalId": "ou-1234-12345678"}, {"principalId": arn}) == {}
    assert difference(SHARE, {"principalId": "ou-1234-87654321"}, {"principalId": arn}) == {
        "principalId": "UPDATE REPLACE"
    }


def test_a_changed_default_tag_updates_the_resource() -> None:
    assert difference(ROLE, {"tagsAll": {"a.b": "1"}}, {"tagsAll": {"a.b": "2"}}) == {'tagsAll["a.b"]': "UPDATE"}


def test_an_unknown_value_counts_as_changed() -> None:
    assert difference(ROLE, {"name": "a"}, {"name": UNKNOWN}) == {"name": "UPDATE REPLACE"}


def test_another_region_replaces() -> None:
    assert difference(VERSIONING, {"region": "us-east-1"}, {}) == {"region": "UPDATE REPLACE"}


@pytest.mark.parametrize("ignored", ["tags", "tags.a", 'tags["a"]', "tags[*]", "tags.*"])
def test_an_ignored_change_is_no_change(ignored: str) -> None:
    olds = {"tags": {"a": "1"}, "tagsAll": {"a": "1"}}
    assert difference(ROLE, olds, {"tags": {"a": "2"}, "tagsAll": {"a": "2"}}, ignored) == {}


def test_ignoring_one_tag_does_not_hide_another() -> None:
    olds = {"tags": {"a": "1", "b": "1"}}
    assert difference(ROLE, olds, {"tags": {"a": "2", "b": "2"}}, "tags.a") == {"tags.b": "UPDATE"}


def test_an_ignored_property_keeps_its_stored_value_in_an_update() -> None:
    state = diff.planned(RESOURCES[ROLE], {"description": "new"}, {"description": "drifted"}, "", ["description"])
    assert state["description"] == "drifted"


def test_outputs_of_a_launch_are_unknown_only_when_version_or_parameters_change() -> None:
    resource = RESOURCES[LAUNCH]
    olds: dict[str, Any] = {"provisioningArtifactId": "pa-1", "region": "eu-central-1"}
    for news, expected in (({"provisioningArtifactId": "pa-2"}, {"outputs"}), ({"pathId": "lpv3-2"}, set[str]())):
        state = diff.planned(resource, news, olds, "")
        changed = frozenset(str(path[0]) for path, _, _ in diff.differences(resource, olds, state))
        nowhere: Any = None  # a forecast calls nobody
        op = Operation(nowhere, "eu-central-1", new=state, old=olds, changed=changed)
        assert set(diff.unknown_outputs(resource, op)) == expected


def test_an_import_fills_the_inputs_as_a_check_would() -> None:
    tags = {"a": "1"}
    state = {"name": "r", "path": "/", "description": "d", "arn": "arn", "maxSessionDuration": 7200, "tagsAll": tags}
    inputs = diff.refreshed_inputs(RESOURCES[ROLE], state, {}, "")
    given = {"name": "r", "description": "d", "maxSessionDuration": 7200, "tagsAll": tags}
    assert inputs == {"__defaults": ["path"], "path": "/", **given}


def test_a_refresh_keeps_the_program_s_text_of_a_policy_that_means_the_same() -> None:
    old: dict[str, Any] = {"assumeRolePolicy": policy("a", "b"), "__defaults": []}
    state = {"assumeRolePolicy": policy("b", "a")}
    assert diff.refreshed_inputs(RESOURCES[ROLE], state, old, "") == old
