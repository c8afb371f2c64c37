"""The pipelines of docs/iam/examples, run for real: each job on a machine that has nothing but what it installs.

The roles have the policies and the trust of docs/iam and nothing else, the state lies in a bucket of the hub's account
and opens by a key of that account, and a job signs in by its own token. Not done here: packages, tools and plug-in are
not downloaded but put where a cache would put them, and nobody approves; that a job waits for it is the host's matter.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import pytest

from tests.support.pipelines import github, gitlab
from tests.support.pipelines.company import BUCKET
from tests.support.pipelines.machine import Machine
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox, running

pytestmark = pytest.mark.stand_in_only("the caches of its jobs hold the stand-in")

FEWER_SHARES_AND_ANOTHER_PRICE: Final = {
    "Pulumi.hub.yaml": (
        "    - portfolio: gpu-inference\n      type: ORGANIZATIONAL_UNIT\n      target: Workloads/Research\n",
        "",
    ),
    "hub/catalog/prices.yaml": ("    ml.t2.medium: 0.064", "    ml.t2.medium: 0.128"),
}
LARGER: Final = {"Pulumi.spoke-research.yaml": ("InstanceType: ml.m5.large", "InstanceType: ml.m5.xlarge")}
NO_SUCH_VERSION: Final = {"Pulumi.spoke-research.yaml": ("version: 1.1.0", "version: 9.9.9")}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An empty organization."""
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        yield started


@pytest.fixture(scope="module")
def hub(machine: Machine) -> Mapping[str, str]:
    """The hub, as its workflow deploys it in the morning."""
    return github.run(machine, "hub-github.yml", "schedule")


@pytest.fixture(scope="module")
def research(machine: Machine, hub: Mapping[str, str]) -> Mapping[str, str]:
    """A spoke, as its workflow deploys it."""
    assert hub
    return github.run(machine, "github.yml", "push")


def approve(sandbox: Sandbox) -> None:
    """Approve a model package that waited for it."""
    package = f"arn:aws:sagemaker:eu-central-1:{HUB}:model-package/fraud-detector/3"
    sandbox.client("sagemaker", HUB).update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")


def test_the_hub_runs_every_morning_and_a_spoke_after_a_push_as_their_deployers(
    hub: Mapping[str, str], research: Mapping[str, str], sandbox: Sandbox
) -> None:
    launched = sandbox.client("servicecatalog", RESEARCH).scan_provisioned_products(
        AccessLevelFilter={"Key": "Account", "Value": "self"}
    )["ProvisionedProducts"]

    assert {"up"} == hub.keys() == research.keys()
    for account, said in ((HUB, hub["up"]), (RESEARCH, research["up"])):
        assert "packages: .venv is up to date" in said
        assert f"account {account}: works as arn:aws:sts::{account}:assumed-role/ModelCatalogDeployer/" in said
        assert "not checked" not in said
        assert " created" in said
    assert {"AVAILABLE"} == {each["Status"] for each in launched}


@pytest.mark.usefixtures("hub")
def test_a_preview_of_the_hub_is_a_comment_with_what_is_lost_and_what_models_cost(machine: Machine) -> None:
    with machine.proposing(FEWER_SHARES_AND_ANOTHER_PRICE):
        said = github.run(machine, "hub-github.yml", "pull_request")
    [comment] = machine.comments("hub")

    assert "assumed-role/ModelCatalogViewer/" in said["preview"]
    assert "not checked" not in said["preview"]
    assert "### Preview of hub: 1 to delete" in comment, comment
    assert "| deleted | aws:servicecatalog/portfolioShare:PortfolioShare | gpu-inference" in comment
    assert "| fraud-detector-realtime 1.0.0, eu-central-1 | about 47 USD | about 93 USD |" in comment
    assert "assumed-role" in comment


@pytest.mark.usefixtures("research")
def test_a_preview_of_a_spoke_tells_cost_and_replacements_inside_launches(machine: Machine) -> None:
    with machine.proposing(LARGER):
        said = github.run(machine, "github.yml", "pull_request")
    [comment] = machine.comments("spoke-research")

    assert "not checked" not in said["preview"]
    assert "### Preview of spoke-research: " in comment
    assert "Nothing is replaced or deleted." in comment
    assert "| fraud-scoring | about 101 to 403 USD | about 201 to 806 USD |" in comment, comment
    assert "! REPLACED FraudConfig" in comment


@pytest.mark.usefixtures("research")
def test_what_a_preview_refuses_is_what_the_comment_says_in_place_of_the_one_before(machine: Machine) -> None:
    with machine.proposing(NO_SUCH_VERSION):
        github.run(machine, "github.yml", "pull_request", code=1)
    [comment] = machine.comments("spoke-research")

    assert "### Preview of spoke-research: refused" in comment
    assert "9.9.9" in comment


@pytest.mark.usefixtures("research")
def test_a_rollout_goes_wave_by_wave_over_the_shards_in_which_something_runs(
    machine: Machine, sandbox: Sandbox
) -> None:
    for stack in ("spoke-research", "spoke-production"):  # which other tests may have run already
        sandbox.client("s3", HUB).delete_object(Bucket=BUCKET, Key=f".fleet/records/{stack}.json")
    said = github.run(machine, "rollout-github.yml", "push")
    again = github.run(machine, "rollout-github.yml", "schedule")

    assert "wave canary: 1 to run" in said["canary"]
    assert "note: credentials from variables of the environment: until " in said["canary"]
    assert ", in 35" in said["canary"]
    assert "spoke-production" in said["everybody"]
    assert "1 succeeded" in said["everybody"]
    assert {"canary"} == again.keys()
    assert "1 unchanged" in again["canary"]


@pytest.mark.usefixtures("research")
def test_a_comment_says_which_spokes_a_rollout_would_run_and_what_a_month_costs_then(machine: Machine) -> None:
    for run in (partial(github.run, machine, "plan-github.yml"), partial(gitlab.run, machine, "plan-gitlab.yml")):
        with machine.proposing(LARGER):
            run("pull_request" if run.func is github.run else "merge_request_event")
        [comment] = machine.comments("the fleet")

        assert "### Rollout: " in comment
        row = next(line for line in comment.splitlines() if line.startswith("| canary | spoke-research | changed | "))
        assert re.search(r"\| about \d+ to \d+ USD \|$", row), row
        assert machine.forget_comments()


@pytest.mark.usefixtures("hub")
def test_what_the_registry_approved_becomes_a_pull_request(machine: Machine, sandbox: Sandbox) -> None:
    approve(sandbox)

    github.run(machine, "sync-github.yml", "schedule")

    assert {"pull_request": "Models that the registry approved"} in machine.done
    assert "hub/catalog/products/fraud-detector-realtime/" in machine.changed("models/approved")


@pytest.mark.usefixtures("research")
def test_spokes_that_pin_an_older_version_are_proposed_the_newer_one_once(machine: Machine) -> None:
    github.run(machine, "propose-github.yml", "schedule")
    [pull], first = upgrades(machine), machine.changed("upgrades/research/fraud-detector-realtime")
    again = github.run(machine, "propose-github.yml", "schedule")

    assert "Pulumi.spoke-research.yaml\n" == first
    assert ("fraud-detector-realtime 1.1.0 for research", "OPEN") == (pull["title"], pull["state"])
    assert (
        "| canary | spoke-research | fraud-scoring-previous | eu-central-1 | 1.0.0 | 1.1.0 | about 47 USD |"
        in (pull["body"])
    )
    assert "| permission | ReadDeclaredModels | needs arn:" in pull["body"]
    assert "| metric | area under the ROC curve | 0.94 → 0.95 |" in pull["body"]
    assert "unchanged" in again["propose"]
    assert [pull] == upgrades(machine)

    upgraded = machine.git("show", "origin/upgrades/research/fraud-detector-realtime:Pulumi.spoke-research.yaml")
    before = (machine.project / "Pulumi.spoke-research.yaml").read_text()
    (machine.project / "Pulumi.spoke-research.yaml").write_text(upgraded)
    github.run(machine, "propose-github.yml", "push")
    (machine.project / "Pulumi.spoke-research.yaml").write_text(before)
    [closed] = upgrades(machine)

    assert "CLOSED" == closed["state"]
    assert closed["comment"].startswith("Nothing is left of it to propose")
    assert "" == machine.git("ls-remote", "--heads", "origin", "upgrades/*")

    machine.commit("As before")
    github.run(machine, "propose-github.yml", "push")

    assert [closed] == upgrades(machine), "somebody has closed it, and nothing has changed since"


def upgrades(machine: Machine) -> list[dict[str, Any]]:
    """Give the pull requests that propose upgrades; another test's is of another branch."""
    return [each for each in machine.pulls if each["head"].startswith("upgrades/")]


@pytest.mark.usefixtures("research")
def test_on_gitlab_the_hub_runs_every_morning_and_a_spoke_after_a_push(machine: Machine) -> None:
    hub, research = gitlab.run(machine, "hub-gitlab.yml", "schedule"), gitlab.run(machine, "gitlab.yml", "push")

    assert {"hub-up"} == hub.keys()
    assert {"research-up"} == research.keys()
    for account, said in ((HUB, hub["hub-up"]), (RESEARCH, research["research-up"])):
        assert "packages: .venv is up to date" in said
        assert f"account {account}: works as arn:aws:sts::{account}:assumed-role/ModelCatalogDeployer/" in said
        assert " unchanged" in said


@pytest.mark.usefixtures("research")
def test_on_gitlab_a_preview_is_a_comment_too_and_the_next_one_takes_its_place(machine: Machine) -> None:
    with machine.proposing(NO_SUCH_VERSION):
        gitlab.run(machine, "gitlab.yml", "merge_request_event", failing=True)
    [refused] = machine.comments("spoke-research")
    with machine.proposing(LARGER):
        said = gitlab.run(machine, "gitlab.yml", "merge_request_event")
    [comment] = machine.comments("spoke-research")

    assert "### Preview of spoke-research: refused" in refused
    assert "assumed-role/ModelCatalogViewer/" in said["research-preview"]
    assert "| fraud-scoring | about 101 to 403 USD | about 201 to 806 USD |" in comment


@pytest.mark.usefixtures("research")
def test_on_gitlab_a_rollout_has_its_shards_from_the_wave_before(machine: Machine) -> None:
    machine.change({"Pulumi.spoke-production.yaml": ("MaxInstanceCount: 6", "MaxInstanceCount: 7")})
    said = gitlab.run(machine, "rollout-gitlab.yml", "push")

    assert "token of a web identity: until " in said["canary"]
    assert ", in 35" in said["canary"]
    assert "spoke-production" in said["rollout"]
    assert "1 succeeded" in said["rollout"]


@pytest.mark.usefixtures("research")
def test_on_gitlab_an_upgrade_is_a_merge_request_until_it_is_no_longer_needed(machine: Machine) -> None:
    machine.forget("upgrades/research/fraud-detector-realtime")
    gitlab.run(machine, "propose-gitlab.yml", "schedule")
    gitlab.run(machine, "propose-gitlab.yml", "schedule")
    [opened] = [dict(each) for each in machine.notes.requests]
    settings = machine.project / "Pulumi.spoke-research.yaml"
    before = settings.read_text()
    machine.change({settings.name: ("version: 1.0.0", "version: 1.1.0")})
    gitlab.run(machine, "propose-gitlab.yml", "schedule")
    settings.write_text(before)
    machine.commit("As before")
    [closed] = machine.notes.requests

    assert ("opened", "main") == (opened["state"], opened["target_branch"])
    assert "fraud-detector-realtime 1.1.0 for research" == opened["title"]
    assert "closed" == closed["state"]
    assert closed["note"].startswith("Nothing is left of it to propose")


@pytest.mark.usefixtures("hub")
def test_on_gitlab_what_the_registry_approved_becomes_a_branch_and_the_pages_are_built(
    machine: Machine, sandbox: Sandbox
) -> None:
    approve(sandbox)
    machine.forget("models/approved")

    gitlab.run(machine, "sync-gitlab.yml", "schedule")
    gitlab.run(machine, "pages-gitlab.yml", "push")

    assert "hub/catalog/products/fraud-detector-realtime/" in machine.changed("models/approved")
    assert (machine.folder / "artifacts" / "pages" / "public" / "index.html").exists()
