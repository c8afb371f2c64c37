"""The running pack: each rule with what it lets pass and what it stops."""

import json
from collections.abc import Generator
from typing import Any, Final

import pytest

from policy.pack import POLICIES
from tests.support import hub_stack, spoke_stack
from tests.support.policy_process import Pack, running

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
LAUNCH: Final = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"
ASSOCIATION: Final = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
CONSTRAINT: Final = "aws:servicecatalog/constraint:Constraint"
SHARE: Final = "aws:servicecatalog/portfolioShare:PortfolioShare"
BUCKET: Final = "aws:s3/bucket:Bucket"
BOUNDARY: Final = "arn:aws:iam::333344445555:policy/ModelCatalogBoundary"
TRUST: Final = {
    "Effect": "Allow",
    "Principal": {"Service": "servicecatalog.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": "333344445555"}},
}
GOOD_ROLE: Final[dict[str, Any]] = {"name": "ModelCatalogLaunch-scorer", "permissionsBoundary": BOUNDARY}


def document(statement: dict[str, Any]) -> str:
    """Write a policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: object, **more: object) -> dict[str, str]:
    """Write the properties of a policy that allows something."""
    return {"policy": document({"Effect": "Allow", "Action": action, "Resource": "*", **more})}


EXECUTION: Final = "arn:aws:iam::333344445555:role/ModelCatalogExecution-scorer"
RUNNING: Final = {**TRUST, "Principal": {"Service": "sagemaker.amazonaws.com"}}
PASSED: Final = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
RULES: Final[dict[str, tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "policies-name-their-actions": (
        POLICY,
        allow("s3:GetObject", Resource="arn:aws:s3:::models/*"),
        allow(["ecr:ListImages", "s3:*"]),
    ),
    "roles-are-passed-to-named-services": (
        POLICY,
        allow("iam:PassRole", Resource=EXECUTION, Condition=PASSED),
        allow("iam:Pass*", Resource=EXECUTION),
    ),
    "models-run-in-listed-services": (
        ROLE,
        {**GOOD_ROLE, "name": "ModelCatalogExecution-scorer", "assumeRolePolicy": document(RUNNING)},
        {
            **GOOD_ROLE,
            "name": "ModelCatalogExecution-scorer",
            "assumeRolePolicy": document({**RUNNING, "Principal": {"Service": "lambda.amazonaws.com"}}),
        },
    ),
    "launch-roles-serve-one-account": (
        ROLE,
        {**GOOD_ROLE, "assumeRolePolicy": document(TRUST)},
        {**GOOD_ROLE, "assumeRolePolicy": document({**TRUST, "Condition": {}})},
    ),
    "roles-are-the-catalogs": (ROLE, GOOD_ROLE, {**GOOD_ROLE, "name": "Administrator"}),
    "roles-have-no-attached-policies": (
        ROLE,
        GOOD_ROLE,
        {**GOOD_ROLE, "managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
    ),
    "roles-have-a-boundary": (ROLE, GOOD_ROLE, {**GOOD_ROLE, "permissionsBoundary": BOUNDARY.replace("Model", "My")}),
    "launches-are-tagged": (LAUNCH, {"tags": {"team": "risk"}}, {"tags": {"owner": "risk"}}),
    "launches-go-by-id": (
        LAUNCH,
        {"productId": "prod-1", "tags": {"team": "risk"}},
        {"productName": "Scorer", "tags": {"team": "risk"}},
    ),
    "principals-are-exact": (
        ASSOCIATION,
        {"principalArn": "arn:aws:iam::333344445555:role/It", "principalType": "IAM"},
        {"principalArn": "arn:aws:iam:::role/It*", "principalType": "IAM_PATTERN"},
    ),
    "launches-build-where-they-are-made": (
        CONSTRAINT,
        {"type": "LAUNCH", "parameters": '{"LocalRoleName": "It"}'},
        {"type": "LAUNCH", "parameters": '{"RoleArn": "arn:aws:iam::222233334444:role/It"}'},
    ),
    "portfolios-are-shared-as-agreed": (SHARE, {"type": "ORGANIZATIONAL_UNIT"}, {"type": "ACCOUNT"}),
    "regions-are-allowed": (
        LAUNCH,
        {"region": "eu-central-1", "tags": {"team": "risk"}},
        {"region": "us-east-1", "tags": {"team": "risk"}},
    ),
    "spokes-are-spokes": (ROLE, GOOD_ROLE, {}),
}
NAMING: Final = "policies-name-their-actions"
PASSING: Final = "roles-are-passed-to-named-services"
OF_STACKS: Final = {"buckets-are-private", "buckets-take-tls-only"}


@pytest.fixture(scope="module")
def pack() -> Generator[Pack]:
    """Give the running pack, configured as strictly as it can be."""
    with running() as started:
        started.configure(
            roles_have_a_boundary={"boundary": "ModelCatalogBoundary"},
            launches_are_tagged={"tags": ["team"]},
            portfolios_are_shared_as_agreed={"types": ["ORGANIZATIONAL_UNIT"]},
            regions_are_allowed={"regions": ["eu-central-1"]},
        )
        yield started


@pytest.fixture(scope="module")
def lenient() -> Generator[Pack]:
    """Give the running pack as it is without any configuration."""
    with running() as started:
        started.configure()
        yield started


def test_the_pack_tells_who_it_is_and_what_it_asks_for(pack: Pack) -> None:
    info = pack.info()

    assert ("model-catalog", True) == (info.name, info.supportsConfig)
    assert [policy.name for policy in POLICIES] == [policy.name for policy in info.policies]
    assert RULES.keys() | OF_STACKS == {policy.name for policy in info.policies}


@pytest.mark.parametrize("name", sorted(RULES.keys() - {"spokes-are-spokes"}))
def test_a_rule_lets_the_good_pass_and_stops_the_bad(pack: Pack, name: str) -> None:
    kind, good, bad = RULES[name]
    project = "model-catalog-hub" if kind in (CONSTRAINT, SHARE) else "model-catalog-spoke"

    assert {} == pack.judge(kind, good, project=project)
    assert [name] == list(pack.judge(kind, bad, project=project))


@pytest.mark.parametrize(
    ("role", "policy", "broken"),
    [
        ("ModelCatalogLaunch-scorer", allow("iam:PassRol?", Resource="*", Condition=PASSED), [PASSING]),
        ("ModelCatalogLaunch-other", allow("iam:PassRole", Resource=EXECUTION, Condition=PASSED), [PASSING]),
        ("ModelCatalogLaunch-scorer", allow("iam:CreateRole"), [NAMING]),
        ("ModelCatalogLaunch-scorer", allow("ecr:ListImages", NotPrincipal="*"), [NAMING]),
        ("ModelCatalogLaunch-scorer", {"policy": "[]"}, [NAMING]),
    ],
)
def test_a_policy_is_held_against_the_list_of_the_role_that_it_is_for(
    pack: Pack, role: str, policy: dict[str, str], broken: list[str]
) -> None:
    assert broken == list(pack.judge(POLICY, {**policy, "role": role}))


def test_what_the_platform_team_lets_in_is_configured() -> None:
    with running() as pack:
        pack.configure(policies_name_their_actions={"allow": ["iam:CreateRole"]})

        assert {} == pack.judge(POLICY, allow("iam:CreateRole"))
        assert [NAMING] == list(pack.judge(POLICY, allow(["iam:CreateRole", "iam:CreateUser"])))


def test_a_spoke_holds_what_spokes_hold(pack: Pack) -> None:
    instance = "aws:ec2/instance:Instance"

    assert ["spokes-are-spokes"] == list(pack.judge(instance, {}))
    assert {} == pack.judge(instance, {}, project="something-else")
    assert {} == pack.judge("modelcatalog:spoke:ProductRoles", {})


BLOCKED: Final = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
TLS: Final = document({"Effect": "Deny", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})


@pytest.mark.parametrize(
    ("left_out", "broken"), [(None, []), (1, ["buckets-are-private"]), (2, ["buckets-take-tls-only"])]
)
def test_a_bucket_is_private_and_takes_tls_only(pack: Pack, left_out: int | None, broken: list[str]) -> None:
    resources: list[tuple[str, dict[str, Any]]] = [
        (BUCKET, {"bucket": "templates"}),
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": "templates", **BLOCKED}),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "templates", "policy": TLS}),
    ]

    found = pack.judge_stack(*(each for index, each in enumerate(resources) if index != left_out))

    assert broken == list(found)


def test_our_own_programs_keep_to_every_mandatory_rule(lenient: Pack) -> None:
    advisory = {"roles-have-a-boundary"}
    hub = hub_stack.deployed(hub_stack.SETTINGS)
    for project, mocks in (("model-catalog-hub", hub), ("model-catalog-spoke", spoke_stack.record(preview=False))):
        for resource in mocks.resources:
            found = lenient.judge(resource.type, plain(resource.inputs), project=project)

            assert set() == found.keys() - advisory, (resource.name, found)
    # The engine judges a whole stack by what AWS and the plug-in added to the inputs, such as a bucket's name.
    whole = [
        (each.type, {**each.inputs, **(hub.made[each.type](each.name, each.inputs) if each.type in hub.made else {})})
        for each in hub.resources
    ]
    assert {} == lenient.judge_stack(*((kind, plain(properties)) for kind, properties in whole))


def plain(inputs: dict[str, Any]) -> dict[str, Any]:
    """Give the inputs that are JSON; files are not."""
    found: dict[str, Any] = json.loads(json.dumps(inputs, default=str))
    return found
