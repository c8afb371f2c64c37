"""What Check refuses and fills in."""

import json
from typing import Any

import pytest

from sandbox.plugin.check import Naming, check
from sandbox.plugin.properties import Tags
from sandbox.plugin.registry import RESOURCES
from sandbox.plugin.wire import UNKNOWN, Asset

ROLE = "aws:iam/role:Role"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def checked(
    kind: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **tags: str
) -> tuple[dict[str, Any], list[str]]:
    """Check inputs of a resource `it`, with default tags."""
    return check(RESOURCES[kind], "it", news, olds or {}, naming=Naming(seed=bytes(range(32))), tags=Tags(tags))


def refusal(kind: str, news: dict[str, Any]) -> str:
    """Check inputs that have one fault."""
    _, problems = checked(kind, news)
    (problem,) = problems
    return problem


def test_a_missing_argument_is_named_as_the_real_plug_in_names_it() -> None:
    problem = refusal("aws:servicecatalog/portfolio:Portfolio", {})
    assert problem == (
        'Missing required argument. The argument "provider_name" is required, but no definition was found.. '
        "Examine values at 'it.providerName'."
    )


def test_an_unknown_property_is_refused_by_name() -> None:
    problem = refusal("aws:s3/bucket:Bucket", {"acl": "private"})
    assert problem.startswith("Invalid or unknown key. Examine values at 'it.acl'.")
    assert "not emulated by the sandbox's stand-in plug-in" in problem


def test_an_unknown_property_inside_an_object_is_refused_by_its_path() -> None:
    version = {"templateURL": "https://x", "templateUrl": "https://x"}
    product = {"owner": "me", "type": "CLOUD_FORMATION_TEMPLATE", "provisioningArtifactParameters": version}
    problem = refusal("aws:servicecatalog/product:Product", product)
    assert "'it.provisioningArtifactParameters.templateURL'" in problem


def test_defaults_are_filled_in_and_listed() -> None:
    inputs, problems = checked(ROLE, {"assumeRolePolicy": TRUST, "name": "mine"})
    assert not problems
    assert inputs["path"] == "/"
    assert inputs["maxSessionDuration"] == 3600
    assert sorted(inputs["__defaults"]) == ["forceDetachPolicies", "maxSessionDuration", "path"]


def test_a_resource_without_a_name_gets_one_from_the_seed() -> None:
    inputs, _ = checked(ROLE, {"assumeRolePolicy": TRUST})
    assert inputs["name"] == "it-0001020"
    assert "name" in inputs["__defaults"]


def test_a_bucket_gets_a_lower_case_name() -> None:
    naming = Naming(seed=bytes(32))
    inputs, _ = check(RESOURCES["aws:s3/bucket:Bucket"], "Logs", {}, {}, naming=naming, tags=Tags({}))
    assert inputs["bucket"] == "logs-0000000"


def test_an_automatic_name_is_kept_in_later_runs() -> None:
    inputs, _ = checked(ROLE, {"assumeRolePolicy": TRUST}, {"name": "it-abcdef0", "__defaults": ["name"]})
    assert inputs["name"] == "it-abcdef0"


def test_a_name_that_the_program_no_longer_gives_is_not_kept() -> None:
    inputs, _ = checked(ROLE, {"assumeRolePolicy": TRUST}, {"name": "mine", "__defaults": []})
    assert inputs["name"] == "it-0001020"


def test_an_object_key_is_the_resource_name_without_random_characters() -> None:
    inputs, _ = checked("aws:s3/bucketObjectv2:BucketObjectv2", {"bucket": "b", "source": Asset("0")})
    assert inputs["key"] == "it"


def test_an_automatic_name_that_would_be_too_long_is_refused() -> None:
    name, naming = "x" * 60, Naming(seed=bytes(32))
    trust = {"assumeRolePolicy": TRUST}
    _, problems = check(RESOURCES[ROLE], name, trust, {}, naming=naming, tags=Tags({}))
    assert problems == [f"name '{name}' plus 7 random chars is longer than maximum length 64"]


def test_the_name_that_the_project_proposes_is_taken() -> None:
    naming = Naming(seed=bytes(32), proposed="ours")
    inputs, _ = check(RESOURCES[ROLE], "it", {"assumeRolePolicy": TRUST}, {}, naming=naming, tags=Tags({}))
    assert inputs["name"] == "ours"


def test_a_policy_may_be_an_object() -> None:
    policy = json.loads(TRUST)
    inputs, problems = checked("aws:iam/rolePolicy:RolePolicy", {"role": "r", "policy": policy})
    assert not problems
    assert json.loads(inputs["policy"]) == policy


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ("[]", "contains a JSON array, not a JSON object"),
        ('"{}"', "contains a JSON-encoded string, not a JSON-encoded object"),
        ("{", "contains an invalid JSON policy"),
        ("", "is an empty string, which is not a valid JSON value"),
    ],
)
def test_a_policy_that_is_no_object_is_refused(policy: str, complaint: str) -> None:
    assert complaint in refusal("aws:iam/rolePolicy:RolePolicy", {"role": "r", "policy": policy})


def test_numbers_become_texts_where_texts_are_wanted() -> None:
    launch = {
        "productId": "prod-1",
        "provisioningArtifactId": "pa-1",
        "provisioningParameters": [{"key": "Count", "value": 2}, {"key": "On", "value": True}],
    }
    inputs, problems = checked("aws:servicecatalog/provisionedProduct:ProvisionedProduct", launch)
    assert not problems
    assert [one["value"] for one in inputs["provisioningParameters"]] == ["2", "true"]


def test_a_value_of_another_kind_is_refused() -> None:
    assert "expected type 'int'" in refusal(ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": "long"})


@pytest.mark.parametrize("inputs", [{}, {"productId": "prod-1", "productName": "p"}])
def test_a_launch_names_its_product_in_one_way(inputs: dict[str, str]) -> None:
    launch = {"provisioningArtifactId": "pa-1", **inputs}
    problem = refusal("aws:servicecatalog/provisionedProduct:ProvisionedProduct", launch)
    assert "one of `product_id,product_name`" in problem


def test_unknown_inputs_pass_every_check() -> None:
    inputs, problems = checked(ROLE, {"assumeRolePolicy": UNKNOWN, "tags": {"a": UNKNOWN}})
    assert not problems
    assert inputs["assumeRolePolicy"] is UNKNOWN
    assert inputs["tagsAll"] is UNKNOWN


def test_default_tags_are_overlaid_by_the_resource_s_own() -> None:
    inputs, _ = checked(ROLE, {"assumeRolePolicy": TRUST, "tags": {"team": "own"}}, team="ours", stage="test")
    assert inputs["tagsAll"] == {"team": "own", "stage": "test"}
    assert inputs["tags"] == {"team": "own"}


@pytest.mark.parametrize("principal", ["12345", "arn:aws:iam::123456789012:root"])
def test_a_share_goes_to_an_account_a_unit_or_the_organization(principal: str) -> None:
    share = {"portfolioId": "port-1", "principalId": principal, "type": "ACCOUNT"}
    problem = refusal("aws:servicecatalog/portfolioShare:PortfolioShare", share)
    assert f'"principal_id" does not look like an OU or organization: "{principal}"' in problem
