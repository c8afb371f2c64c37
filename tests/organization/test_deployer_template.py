"""The document that gives an account its deployer: what it is written from, and what it refuses."""

import json
import re
from typing import Any

import pytest
from cfnlint.api import lint_all  # pyright: ignore[reportMissingTypeStubs]

from organization import policy_files
from organization.account_conditions import in_none_of
from organization.deployer_template import deployer_template
from organization.settings import OrganizationSettings
from sandbox.aws.iam.evaluation import decide
from shared.aws.policies import for_cloudformation
from shared.errors import ConfigError
from shared.validation import validate
from tests.support.paths import ROOT
from tests.support.refused import refused

MANAGEMENT, HUB, OTHER = "111122223333", "222233334444", "666677778888"
ENGINEER = f"arn:aws:iam::{HUB}:role/platform/Engineer"
WHERE = "Pulumi.organization.yaml"
FLEET: dict[str, Any] = {
    "trust": {"github": {"repository": "acme/models", "environments": ["canary", "everybody"], "makeProvider": True}},
    "stateBucket": "acme-state",
    "stateAccountId": HUB,
    "stateKey": "1234abcd-12ab-34cd-56ef-1234567890ab",
}
ALL: dict[str, Any] = {
    "units": ["Workloads"],
    "trust": {
        "roles": [ENGINEER, f"arn:aws:iam::{OTHER}:role/Nightly"],
        "permissionSets": ["ModelPlatform"],
        "github": {"repository": "acme/models", "environments": ["spoke-${AccountId}"], "makeProvider": True},
        "gitlab": {"project": "acme/ml/models", "host": "git.acme.example", "branch": "release"},
    },
    "fleet": FLEET,
    "leaveOut": [OTHER],
    "hubPolicies": ["service-actions", "stack-sets"],
}


def settings_with(deployers: dict[str, Any], **more: Any) -> OrganizationSettings:  # noqa: ANN401 - any settings
    """Read settings of an organization."""
    given = {"accountId": MANAGEMENT, "hubAccountId": HUB, "aws:region": "eu-central-1", "deployers": deployers}
    return validate(OrganizationSettings, {**given, **more}, where=WHERE, error=ConfigError)


def written(deployers: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any settings
    """Write the document."""
    settings = settings_with(deployers, **more)
    assert settings.deployers
    return json.loads(deployer_template(settings, settings.deployers, where=WHERE))


def filled(name: str, **values: str) -> Any:  # noqa: ANN401 - a policy
    """Give a policy of docs/iam as CloudFormation takes it."""
    text = (ROOT / "docs" / "iam" / f"{name}.json").read_text().replace("${HubAccountId}", HUB)
    for key, value in values.items():
        text = text.replace(f"${{{key}}}", value)
    return for_cloudformation(json.loads(text))


def policies(role: dict[str, Any]) -> dict[str, Any]:
    """Give a role's policies by name."""
    return {each["PolicyName"]: each["PolicyDocument"] for each in role["Properties"]["Policies"]}


def test_cloudformation_takes_it() -> None:
    document = json.dumps(written(ALL, stackSets=True))

    assert [] == [str(each) for each in lint_all(document) if each.rule.severity == "error"]


def test_every_deployer_may_do_what_docs_iam_says_and_no_more() -> None:
    resources = written(ALL, stackSets=True)["Resources"]
    spoke = policies(resources["SpokeDeployer"])
    limited = spoke["spoke-deployer"]["Statement"]
    [making] = [each for each in limited if each["Sid"] == "RightsOfLaunchAndExecutionRoles"]
    boundary = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/ModelCatalogBoundary"

    assert {"StringEquals": {"iam:PermissionsBoundary": {"Fn::Sub": boundary}}} == making.pop("Condition")
    assert {"spoke-deployer": filled("spoke-deployer"), "recovery": filled("recovery")} == spoke
    assert filled("role-boundary") == resources["Boundary"]["Properties"]["PolicyDocument"]
    names = ["hub-deployer", "hub-service-actions", "hub-stack-sets", "recovery"]
    assert {name: filled(name) for name in names} == policies(resources["HubDeployer"])
    names = ["organization-deployer", "organization-stack-sets", "organization-deployers", "recovery"]
    assert {name: filled(name) for name in names} == policies(resources["OrganizationDeployer"])
    state = {"StateBucket": "acme-state", "StateAccountId": HUB, "StateKey": "1234abcd-12ab-34cd-56ef-1234567890ab"}
    names = ["fleet", "state-fleet", "state-secrets"]
    assert {name: filled(name, **state) for name in names} == policies(resources["Fleet"])


def test_whoever_signs_in_as_a_spokes_deployer_may_have_the_state_of_the_accounts_own_stack() -> None:
    """Nothing is typed for an account: the stack is called by its id."""
    state = {key: value for key, value in FLEET.items() if key.startswith("state")}
    resources = written({"units": ["Workloads"], "trust": ALL["trust"], "directState": state})["Resources"]
    text = json.dumps(policies(resources["SpokeDeployer"])["state-spoke"]).replace("${!", "${")
    text = re.sub(r'\{"Fn::Sub": ("[^"]*")\}', r"\1", text)
    text = text.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", OTHER)

    def may(action: str, path: str, **more: str) -> bool:
        conditions = {"aws:ResourceAccount": [HUB], **{f"s3:{key}": [value] for key, value in more.items()}}
        return bool(decide([text], action, f"arn:aws:s3:::acme-state/{path}", conditions))

    own, others = (f".pulumi/stacks/model-catalog-spoke/spoke-{each}.json" for each in (OTHER, MANAGEMENT))
    assert may("s3:PutObject", own)
    assert may("s3:GetObject", ".pulumi/stacks/model-catalog-hub/hub.json")
    assert not may("s3:PutObject", ".pulumi/stacks/model-catalog-hub/hub.json")
    assert not may("s3:GetObject", others)
    assert "${" not in text
    assert "state-secrets" in policies(resources["SpokeDeployer"])
    assert ["SpokeDeployer"] == [each for each, made in resources.items() if '"state-spoke"' in json.dumps(made)]
    linted = lint_all(json.dumps(written({**ALL, "directState": state})))
    assert [] == [str(each) for each in linted if each.rule.severity == "error"]


def test_where_waves_bake_spokes_deployers_may_look() -> None:
    usual, baking = (written({**ALL, **more})["Resources"] for more in ({}, {"spokePolicies": ["bake"]}))

    assert filled("bake") == policies(baking["SpokeDeployer"])["bake"]
    assert "bake" not in policies(usual["SpokeDeployer"])
    assert usual["HubDeployer"] == baking["HubDeployer"]


def test_where_the_hub_gives_accounts_their_roles_a_deployer_makes_none() -> None:
    resources = written({**ALL, "makeRoles": False})["Resources"]
    statements = policies(resources["SpokeDeployer"])["spoke-deployer"]["Statement"]
    making = ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy")

    assert {"LaunchTheHubsProducts", "LookUpPrincipals"} <= {each["Sid"] for each in statements}
    assert not [each for each in making if each in json.dumps(statements)]
    assert "Boundary" in resources, "the hub's stack set may name it"


def test_nothing_is_left_to_be_filled_in() -> None:
    text = json.dumps(written(ALL, stackSets=True))

    assert set() == {each for each in re.findall(r"\$\{([^}]*)\}", text) if not each.startswith(("AWS::", "!aws:"))}


def test_a_role_is_trusted_by_its_account_and_its_name_so_that_it_need_not_be_there_yet() -> None:
    trust = written(ALL)["Resources"]["SpokeDeployer"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    whom = {
        json.dumps(each["Principal"]["AWS"]): each["Condition"]["ArnLike"]["aws:PrincipalArn"]
        for each in trust
        if "AWS" in each["Principal"]
    }
    hub, own = '{"Fn::Sub": "arn:${AWS::Partition}:iam::%s:root"}', "${AWS::AccountId}"
    sets = "role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_ModelPlatform_????????????????"

    assert {
        hub % HUB: [ENGINEER, f"arn:aws:iam::{HUB}:role/ModelCatalogFleet"],
        hub % OTHER: [f"arn:aws:iam::{OTHER}:role/Nightly"],
        hub % own: [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{own}:{sets}"}],
    } == whom
    assert len(trust) == len({each["Sid"] for each in trust})


def test_jobs_are_trusted_by_repository_and_place_as_a_whole() -> None:
    resources = written(ALL)["Resources"]
    trust = resources["SpokeDeployer"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    github, gitlab = [each for each in trust if "Federated" in each["Principal"]]
    fleet = resources["Fleet"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": [
            {"Fn::Sub": "repo:acme/models:environment:spoke-${AWS::AccountId}"}
        ],
    } == github["Condition"]["StringEquals"]
    assert {
        "git.acme.example:aud": "https://git.acme.example",
        "git.acme.example:sub": "project_path:acme/ml/models:ref_type:branch:ref:release",
    } == gitlab["Condition"]["StringEquals"]
    assert "oidc-provider/git.acme.example" in gitlab["Principal"]["Federated"]["Fn::Sub"]
    assert 6 * 3600 == resources["Fleet"]["Properties"]["MaxSessionDuration"]
    assert [["repo:acme/models:environment:canary", "repo:acme/models:environment:everybody"]] == [
        each["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] for each in fleet
    ]


GITHUB = {"repository": "acme/models", "environments": ["up"]}
PROVIDER = "ProviderOfTokenDotActionsDotGithubusercontentDotCom"


def test_a_provider_is_made_where_it_is_wanted_and_not_there() -> None:
    def of(**github: Any) -> tuple[Any, Any]:  # noqa: ANN401 - parts of the document
        document = written({"units": ["Workloads"], "trust": {"github": {**GITHUB, **github}}})
        return document["Resources"].get(PROVIDER), document["Conditions"].get(f"Makes{PROVIDER}")

    assert (None, None) == of()
    everywhere, condition = of(makeProvider=True)
    assert ("https://token.actions.githubusercontent.com", ["sts.amazonaws.com"]) == (
        everywhere["Properties"]["Url"],
        everywhere["Properties"]["ClientIdList"],
    )
    assert condition is None
    assert "Condition" not in everywhere
    elsewhere, condition = of(makeProvider=True, providerThere=[OTHER])
    assert f"Makes{PROVIDER}" == elsewhere["Condition"]
    assert in_none_of([OTHER]) == condition


def test_the_fleets_provider_is_the_hubs_alone() -> None:
    fleet = {**FLEET, "trust": {"github": {**GITHUB, "makeProvider": True}}}
    document = written({"units": ["Workloads"], "fleet": fleet})

    assert {"Fn::Equals": [{"Ref": "AWS::AccountId"}, HUB]} == document["Conditions"][f"Makes{PROVIDER}"]


@pytest.mark.parametrize("count", [1, 10, 11, 100, 101, 300])
def test_any_number_of_accounts_can_be_told_apart(count: int) -> None:
    accounts = [f"{number:012}" for number in range(count)]
    condition = in_none_of(accounts)

    assert not any(holds(condition, account) for account in accounts)
    assert holds(condition, "999999999999")
    assert widest(condition) <= 10


def holds(condition: Any, account: str) -> bool:  # noqa: ANN401 - a condition of CloudFormation
    """Evaluate a condition in an account."""
    [(function, operands)] = condition.items()
    match function:
        case "Fn::Equals":
            return account == operands[1]
        case "Fn::Or":
            return any(holds(each, account) for each in operands)
        case _:
            return not holds(operands[0], account)


def widest(condition: Any) -> int:  # noqa: ANN401 - as above
    """Count the operands of the widest function."""
    [(function, operands)] = condition.items()
    return len(operands) if function == "Fn::Equals" else max(len(operands), *map(widest, operands))


@pytest.mark.parametrize(
    ("deployers", "code", "place"),
    [
        ({"units": ["Workloads"]}, "trust-names-nobody", "deployers.trust"),
        (
            {"units": ["Workloads"], "fleet": {**ALL["fleet"], "trust": {}}},
            "trust-names-nobody",
            "deployers.fleet.trust",
        ),  # type: ignore[dict-item]
        ({"units": [], "trust": {"roles": [ENGINEER]}}, "invalid-value", "deployers.units"),
        ({"units": ["Workloads"], "trust": {"roles": ["*"]}}, "invalid-value", "deployers.trust.roles[0]"),
        (
            {"units": ["Workloads"], "trust": {"roles": [f"arn:aws:iam::{HUB}:role/*"]}},
            "invalid-value",
            "deployers.trust.roles[0]",
        ),
        (
            {"units": ["Workloads"], "trust": {"github": {**GITHUB, "environments": ["*"]}}},
            "invalid-value",
            "deployers.trust.github.environments[0]",
        ),
        (
            {"units": ["Workloads"], "trust": {"github": {**GITHUB, "providerThere": [OTHER]}}},
            "provider-not-made",
            "deployers.trust.github.providerThere",
        ),
        (
            {"units": ["Workloads"], "trust": {"roles": [f"arn:aws-cn:iam::{HUB}:role/Engineer"]}},
            "arn-of-another-partition",
            "deployers.trust.roles[0]",
        ),
    ],
)
def test_what_would_let_in_nobody_or_everybody_is_refused(deployers: dict[str, Any], code: str, place: str) -> None:
    with refused(ConfigError, code, f"{WHERE}: {place}"):
        _ = settings_with(deployers)


def test_more_than_iam_takes_is_refused_before_anything_is_made() -> None:
    roles = [f"arn:aws:iam::{HUB}:role/Engineer{number:03}" for number in range(60)]

    with refused(ConfigError, "deployers-too-long", f"{WHERE}: deployers"):
        _ = written({"units": ["Workloads"], "trust": {"roles": roles}})


def test_a_policy_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401 - a path
    monkeypatch.setattr(policy_files, "POLICIES", tmp_path)

    with refused(ConfigError, "policy-missing", f"{WHERE}: deployers") as found:
        _ = written(ALL)

    assert "docs/iam/trust-" in str(found.value)


def test_a_hub_whose_deployer_was_made_by_hand_keeps_it() -> None:
    document = written({**ALL, "leaveOut": [HUB]})

    assert "HubDeployer" not in document["Resources"]
    assert not holds(document["Conditions"]["MakesSpoke"], HUB)
    assert holds(document["Conditions"]["MakesFleet"], HUB)
