"""What docs/iam says to CI: who is let in, and what is run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

IAM = ROOT / "docs" / "iam"
PLACEHOLDERS = {
    "Partition", "AccountId", "Repository", "Environment", "StateBucket", "Stack", "HubAccountId", "ReportsBucket",
    "ParameterPath", "SigningKey", "TemplateKey", "TopicName", "EventBusName", "Topic", "OrganizationId",
    "StateAccountId", "StateKey", "TrustedAccountId", "TrustedRole", "Role", "PagesBucket", "PagesKey",
}  # fmt: skip


@pytest.mark.parametrize("name", ["trust-github", "trust-gitlab", "trust-github-pull-request"])
def test_only_one_repository_and_one_place_in_it_is_let_in(name: str) -> None:
    [statement] = json.loads((IAM / f"{name}.json").read_text())["Statement"]
    [(operator, tests)] = statement["Condition"].items()
    keys = {key.rpartition(":")[2]: value for key, value in tests.items()}

    assert "StringEquals" == operator
    assert {"aud", "sub"} == keys.keys()
    assert "${Repository}" in keys["sub"]
    assert not re.search(r"[*?]", keys["sub"] + keys["aud"])


def test_a_merge_request_of_any_branch_of_one_project_may_look() -> None:
    """GitLab's tokens of merge requests name their branch; only the viewer trusts more than one."""
    [statement] = json.loads((IAM / "trust-gitlab-merge-request.json").read_text())["Statement"]
    conditions = statement["Condition"]

    assert {"gitlab.com:aud": "https://gitlab.com"} == conditions["StringEquals"]
    assert {"gitlab.com:sub": "project_path:${Repository}:ref_type:branch:ref:*"} == conditions["StringLike"]


def test_who_looks_at_the_fleet_works_in_no_account() -> None:
    assert actions_of("fleet-viewer") < actions_of("fleet")
    assert "sts:AssumeRole" not in actions_of("fleet-viewer")
    assert {"s3:GetObject", "s3:ListBucket"} == actions_of("state-fleet-viewer")


@pytest.mark.parametrize("kind", ["hub", "spoke"])
def test_a_viewer_may_look_at_what_the_deployer_may_and_change_nothing(kind: str) -> None:
    """A plan of a launch is made and deleted again; what would carry it out is not there."""
    planning = {"servicecatalog:CreateProvisionedProductPlan", "servicecatalog:DeleteProvisionedProductPlan"}
    looking = re.compile(
        r"\w+:(?:Describe|Get|List|Search|View)\w+|cloudformation:ValidateTemplate|iam:SimulatePrincipalPolicy"
    )
    ours, state = actions_of(f"{kind}-viewer"), actions_of(f"state-{kind}-viewer")

    assert ours < actions_of(f"{kind}-deployer")
    assert (planning if kind == "spoke" else set()) == {each for each in ours if not looking.fullmatch(each)}
    assert {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"} == state


def actions_of(name: str) -> set[str]:
    """Name the actions that a policy allows."""
    statements = json.loads((IAM / f"{name}.json").read_text())["Statement"]
    return {action for each in statements for action in listed(each["Action"])}


@pytest.mark.parametrize("path", sorted(IAM.glob("*.json")), ids=lambda path: path.stem)
def test_every_policy_is_json_with_placeholders_that_are_explained(path: Path) -> None:
    text = path.read_text()

    assert json.loads(text)["Statement"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) <= PLACEHOLDERS


@pytest.mark.parametrize("path", sorted(IAM.glob("*.json")), ids=lambda path: path.stem)
def test_a_bucket_is_one_of_an_account_that_is_named_and_not_whoever_has_the_name(path: Path) -> None:
    """Finding: S3 grants without aws:ResourceAccount. Models and reports are anybody's whom the registry names."""
    statements: list[dict[str, Any]] = json.loads(path.read_text())["Statement"]
    loose = {"role-boundary": {"ReadModelsAndData"}, "registry-sync": {"ReadReportsOfMetrics"}}
    open_to_any = {
        each["Sid"]
        for each in statements
        if each["Effect"] == "Allow"
        and "Principal" not in each
        and any(str(action).startswith("s3:") and action != "s3:ListAllMyBuckets" for action in listed(each["Action"]))
        and "aws:ResourceAccount" not in each.get("Condition", {}).get("StringEquals", {})
    }

    assert loose.get(path.stem, set()) == open_to_any


def listed(value: str | list[str]) -> list[str]:
    """Give what may stand alone as a list."""
    return [value] if isinstance(value, str) else value


def test_an_example_names_waves_that_there_are() -> None:
    waves = {wave["name"] for wave in yaml.safe_load((ROOT / "fleet.yaml").read_text())["waves"]}

    for path in (IAM / "examples").glob("rollout-*.yml"):
        assert set(re.findall(r"--wave (\w+)", path.read_text())) <= waves


@pytest.mark.parametrize("name", ["github", "rollout-github"])
def test_a_job_that_deploys_runs_where_the_trust_policy_lets_it_in(name: str) -> None:
    """A token names the environment of its job; the one of a pull request may only look (docs/iam/oidc.md)."""
    document = yaml.safe_load((IAM / "examples" / f"{name}.yml").read_text())
    jobs: dict[str, dict[str, Any]] = document["jobs"]

    assert {} == document["permissions"]
    signing_in = [job for key, job in jobs.items() if key != "comment"]
    assert all({"contents": "read", "id-token": "write"} == job["permissions"] for job in signing_in)
    assert {key for key, job in jobs.items() if "environment" not in job} <= {"preview", "comment"}


@pytest.mark.parametrize("name", ["github", "hub-github", "plan-github"])
def test_what_comments_on_a_pull_request_has_no_credentials_of_aws_and_what_has_them_writes_nothing(name: str) -> None:
    document = yaml.safe_load((IAM / "examples" / f"{name}.yml").read_text())
    permissions = {key: job["permissions"] for key, job in document["jobs"].items()}
    signing_in = {key for key, each in permissions.items() if "id-token" in each}

    assert {} == document["permissions"]
    assert ({"plan"} if name == "plan-github" else {"preview", "up"}) == signing_in
    assert {"comment"} == {key for key, each in permissions.items() if each.get("pull-requests") == "write"}
    assert all({"contents": "read", "id-token": "write"} == permissions[key] for key in signing_in)
    assert ("schedule" in document[True]) == (name == "hub-github"), "dates reach AWS; YAML reads `on` as true"


@pytest.mark.parametrize("name", ["gitlab", "hub-gitlab", "plan-gitlab"])
def test_what_comments_on_a_merge_request_has_its_token_and_neither_code_nor_credentials_of_aws(name: str) -> None:
    document: dict[str, Any] = yaml.safe_load((IAM / "examples" / f"{name}.yml").read_text())
    [comment] = [key for key, job in document.items() if "COMMENTER_TOKEN" in json.dumps(job)]

    assert {"GIT_STRATEGY": "none"} == document[comment]["variables"]
    assert not {"extends", "id_tokens"} & document[comment].keys()


def test_one_project_may_include_all_examples_of_gitlab() -> None:
    """What has one name in two of them would be one job; stages would be those of the last."""
    files = (IAM / "examples").glob("*gitlab*.yml")
    names = [key for path in files for key in yaml.safe_load(path.read_text()) if key != "include"]

    assert "stages" not in names
    assert len(names) == len(set(names))


def test_a_proposal_is_all_that_a_sync_may_make() -> None:
    """It pushes a branch and opens a pull request; what it proposes is deployed by nobody but a reviewer."""
    document = yaml.safe_load((IAM / "examples" / "sync-github.yml").read_text())
    [job] = document["jobs"].values()
    merge_request = (IAM / "examples" / "sync-gitlab.yml").read_text()

    assert {} == document["permissions"]
    assert {"contents": "write", "id-token": "write", "pull-requests": "write"} == job["permissions"]
    assert "sync-models" == job["environment"]
    for text in (json.dumps(job), merge_request):
        assert not re.search(r"make (up|rollout|preview)", text)
    assert "PROPOSER_TOKEN@" not in merge_request, "a secret is in no command line"


@pytest.mark.parametrize("name", ["gitlab", "hub-gitlab", "rollout-gitlab"])
def test_no_two_jobs_of_a_pipeline_run_beside_each_other(name: str) -> None:
    document: dict[str, Any] = yaml.safe_load((IAM / "examples" / f"{name}.yml").read_text())
    jobs = {key: job for key, job in document.items() if "rules" in job and not key.endswith("-comment")}
    groups = [job.get("resource_group") for job in jobs.values()]

    assert 2 == len(groups)
    assert 1 == len(set(groups) - {None}) == len(set(groups))


def test_a_fleet_works_in_accounts_of_its_organization_alone() -> None:
    statements: list[dict[str, Any]] = json.loads((IAM / "fleet.json").read_text())["Statement"]
    entering = [each for each in statements if each["Action"] == "sts:AssumeRole"]
    own = {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}

    assert 2 == len(entering)
    assert all(own == each["Condition"] for each in entering)


def test_every_action_is_pinned_to_one_commit_and_says_its_version() -> None:
    files = [*(ROOT / ".github").rglob("*.yml"), *(IAM / "examples").glob("*.yml")]
    used = {line for path in files for line in re.findall(r"uses: (?!\./)(.+)", path.read_text())}

    assert used
    assert [] == [line for line in used if not re.fullmatch(r"[\w/.-]+@[0-9a-f]{40} # v[\d.]+", line)]
    assert len(used) == len({line.partition("@")[0] for line in used})


def test_every_preview_and_update_of_a_stack_goes_through_the_policy_pack() -> None:
    """A path beside `-C` is relative to the project's folder."""
    lines = [
        line
        for path in (IAM / "examples").glob("*.yml")
        for line in path.read_text().splitlines()
        if re.search("make (preview|up)-", line)
    ]

    assert 8 == len(lines)
    assert [] == [line for line in lines if "--policy-pack ../policy" not in line]
    assert (ROOT / "spoke" / "../policy" / "PulumiPolicy.yaml").exists()


@pytest.mark.parametrize("path", sorted((IAM / "examples").glob("*.yml")), ids=lambda path: path.stem)
def test_an_example_runs_targets_that_there_are(path: Path) -> None:
    assert yaml.safe_load(path.read_text())
    targets = set(re.findall(r"^([a-z%-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    run = {re.sub(r"-(?:hub|spoke-\w+)$", "-%", target) for target in re.findall(r"make ([a-z-]+)", path.read_text())}

    assert run <= targets
    assert "install" in run or re.search("include:|actions/set-up", path.read_text())
    ends = ({"rollout"}, {"preview-%", "up-%"}, {"sync-models"}, {"plan"})
    known = path.stem == "rollout-gitlab-job" or re.search(
        "model-catalog (site build|fleet propose|spoke take-requests)", path.read_text()
    )
    assert known or any(end <= run for end in ends)


def test_a_team_that_sets_nothing_up_makes_no_right_and_ends_only_what_its_role_launched() -> None:
    """Several teams work in one account, so what one launched is none of the others' business."""
    team, spoke = (json.loads((IAM / f"{name}-deployer.json").read_text())["Statement"] for name in ("team", "spoke"))
    actions = {action for each in team for action in listed(each["Action"])}

    assert actions < {action for each in spoke for action in listed(each["Action"])}
    writing = {
        action for action in actions if not re.match(r"[a-z]+:(Get|List|Describe|Search|Simulate|Validate)", action)
    }
    assert {
        "servicecatalog:CreateProvisionedProductPlan",
        "servicecatalog:DeleteProvisionedProductPlan",
        "servicecatalog:ProvisionProduct",
        "servicecatalog:UpdateProvisionedProduct",
        "servicecatalog:TerminateProvisionedProduct",
    } == writing
    [ending] = [each for each in team if "servicecatalog:TerminateProvisionedProduct" in listed(each["Action"])]
    assert {"StringEquals": {"servicecatalog:roleLevel": "self"}} == ending["Condition"]
