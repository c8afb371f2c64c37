"""A rollout of organization, hub and spokes on the real engine: what runs, in which order, and what does not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.stage import HUB, Stage

ONLINE, BATCH, GPU = "online-inference", "batch-inference", "gpu-inference"
NAMESPACE = "model-catalog-hub"
FORECASTER = "hub/catalog/products/demand-forecaster-batch"
BEFORE = ("organization", "hub", "hub-batch")


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage on which a rollout has run everything once: two stacks of the hub, and one spoke."""
    with Stage(tmp_path_factory.mktemp("hubs") / "stage") as stage:
        _divide(stage)
        assert {*BEFORE, "spoke-research"} == _rolled_out(stage).keys()
        yield stage


def test_the_organization_comes_first_and_the_spokes_last(hubs: Stage) -> None:
    [first, *_] = _reports(hubs)

    assert ["organization", "hubs", "all"] == [wave["name"] for wave in first["waves"]]
    ended = {each["stack"]: each["ended"] for each in first["spokes"]}
    begun = {each["stack"]: each["begun"] for each in first["spokes"]}
    assert ended["organization"] < min(begun["hub"], begun["hub-batch"])
    assert max(ended["hub"], ended["hub-batch"]) < begun["spoke-research"]


def test_nothing_is_run_where_nothing_changed(hubs: Stage) -> None:
    assert {} == _rolled_out(hubs)
    assert dict.fromkeys(BEFORE, "unchanged") == _verdicts(hubs)


def test_a_new_version_runs_the_part_that_publishes_it_and_who_follows(hubs: Stage) -> None:
    _add_version(hubs)

    done = _rolled_out(hubs)

    assert ["hub-batch", "spoke-research"] == list(done)
    assert ["version 1.0.1 of demand-forecaster-batch is new"] == done["hub-batch"]["why"]
    assert "1.0.1" == hubs.outputs("spoke-research")["launches"]["demand-forecast"]["version"]
    assert {} == _rolled_out(hubs)


def test_a_hub_that_a_person_ran_is_not_run_again(hubs: Stage) -> None:
    back = hubs.edit(f"{FORECASTER}/product.yaml", "description: ", "description: Anew. ")

    assert "changed" == _verdicts(hubs)["hub-batch"]
    _ = hubs.up("hub-batch")

    assert dict.fromkeys(BEFORE, "unchanged") == _verdicts(hubs)
    back()
    assert ["hub-batch"] == list(_rolled_out(hubs))


def test_a_hub_that_somebody_updated_with_pulumi_itself_is_run_again(hubs: Stage) -> None:
    _ = hubs.run("pulumi", "-C", "hub", "-s", "hub", "up", "--yes", "--skip-preview", "--suppress-outputs")

    done = _rolled_out(hubs)

    assert ["hub"] == list(done)
    assert "by somebody else or a run that failed" in done["hub"]["why"][0]


def test_an_approval_that_is_withdrawn_runs_the_hub_which_deprecates_the_version(hubs: Stage) -> None:
    registry = hubs.client("sagemaker", HUB)
    package = f"arn:aws:sagemaker:eu-central-1:{HUB}:model-package/demand-forecaster/1"

    _ = registry.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Rejected")
    withdrawn = _rolled_out(hubs)
    states = _versions(hubs)
    again = _rolled_out(hubs)
    _ = registry.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    approved = _rolled_out(hubs)

    assert "is no longer approved in the model registry" in withdrawn["hub-batch"]["why"][0]
    assert {"deprecated"} == set(states.values())
    assert {} == again
    assert "is again approved in the model registry" in approved["hub-batch"]["why"][0]
    assert {"active"} == set(_versions(hubs).values())


def test_a_part_is_run_by_its_name_alone(hubs: Stage) -> None:
    assert ["hub-batch"] == list(_rolled_out(hubs, "--force", "--only", "hub-*"))
    assert ["spoke-research"] == list(_rolled_out(hubs, "--force", "--only", "research"))


def test_a_part_that_fails_keeps_the_spokes_waiting(hubs: Stage) -> None:
    back = hubs.edit(f"{FORECASTER}/product.yaml", "owner: ", "ownr: ")

    done = hubs.run("python", "-m", "fleet", "up")

    assert 1 == done.returncode
    assert "stopped: hub-batch failed, which others come after" in done.stdout
    assert "ownr" in done.stdout
    back()
    assert _rolled_out(hubs).keys() <= {"hub-batch"}
    assert dict.fromkeys(BEFORE, "unchanged") == _verdicts(hubs)


def test_a_dry_run_previews_and_changes_nothing(hubs: Stage) -> None:
    back = hubs.edit(f"{FORECASTER}/product.yaml", "description: ", "description: Dry. ")

    done = _rolled_out(hubs, "--dry-run")

    assert [("hub-batch", "previewed")] == [(stack, each["ending"]) for stack, each in done.items()]
    assert "changed" == _verdicts(hubs)["hub-batch"]
    back()
    assert dict.fromkeys(BEFORE, "unchanged") == _verdicts(hubs)


def test_why_one_of_them_would_run_is_told_part_by_part(hubs: Stage) -> None:
    done = hubs.run("python", "-m", "fleet", "plan", "--why", "hub-batch")

    assert 0 == done.returncode, done.stdout
    assert "= version 1.0.0 of demand-forecaster-batch" in done.stdout
    assert "wave hubs; last success 2" in done.stdout


def test_a_state_does_not_say_where_its_resources_are_made(hubs: Stage) -> None:
    """But for the stack itself, which the SDK registers before there is a program."""
    for stack in (*BEFORE, "spoke-research"):
        done = hubs.run("pulumi", "-C", stack.partition("-")[0], "-s", stack, "stack", "export")

        assert 0 == done.returncode, done.stdout
        traced = [each["type"] for each in json.loads(done.stdout)["deployment"]["resources"] if "stackTrace" in each]
        assert ["pulumi:pulumi:Stack"] == traced


def _rolled_out(stage: Stage, *options: str) -> dict[str, Any]:
    """Roll out, and give what the report says of each stack that ran, in the order of their ends."""
    before = len(_reports(stage))
    done = stage.run("python", "-m", "fleet", "up", *options)
    assert done.returncode == 0, done.stdout
    return {each["stack"]: each for report in _reports(stage)[before:] for each in report["spokes"]}


def _reports(stage: Stage) -> list[dict[str, Any]]:
    files = sorted((stage.project / ".fleet" / "runs").glob("*/report.json"))
    return [json.loads(file.read_text()) for file in files]


def _verdicts(stage: Stage) -> dict[str, str]:
    done = stage.run("python", "-m", "fleet", "plan", "--json")
    assert done.returncode == 0, done.stdout
    return {each["stack"]: each["verdict"] for each in json.loads(done.stdout)["upstream"]}


def _versions(stage: Stage) -> dict[str, str]:
    product = stage.outputs("hub-batch")["catalog"]["regions"]["eu-central-1"]["products"]["demand-forecaster-batch"]
    return {number: version["state"] for number, version in product["versions"].items()}


def _add_version(stage: Stage) -> None:
    folder = stage.project / FORECASTER
    for suffix in ("yaml", "card.yaml"):
        text = (folder / f"1.0.0.{suffix}").read_text()
        _ = (folder / f"1.0.1.{suffix}").write_text(text.replace("1.0.0", "1.0.1") + "# corrected\n")
    product = yaml.safe_load((folder / "product.yaml").read_text())
    files = {"template": "1.0.1.yaml", "card": "1.0.1.card.yaml"}
    product["versions"].append({**product["versions"][-1], **files, "version": "1.0.1", "description": "A correction."})
    _ = (folder / "product.yaml").write_text(yaml.safe_dump(product, sort_keys=False))
    _ = stage.succeed("lock")


def _divide(stage: Stage) -> None:
    (stage.project / "Pulumi.spoke-production.yaml").unlink()
    _ = (stage.project / "fleet.yaml").write_text("hubs: true\n")
    path = stage.project / "Pulumi.hub.yaml"
    settings = yaml.safe_load(path.read_text())
    shares = settings["config"][f"{NAMESPACE}:shares"]
    for name, portfolios in (("hub", [ONLINE, GPU]), ("hub-batch", [BATCH])):
        shared = [share for share in shares if share["portfolio"] in portfolios]
        own = {f"{NAMESPACE}:portfolios": portfolios, f"{NAMESPACE}:shares": shared}
        text = yaml.safe_dump({**settings, "config": settings["config"] | own})
        _ = (stage.project / f"Pulumi.{name}.yaml").write_text(text)
    spoke = stage.project / "Pulumi.spoke-research.yaml"
    content = yaml.safe_load(spoke.read_text())
    content["config"]["model-catalog-spoke:hubStack"] = ["hub", "hub-batch"]
    [follower] = [
        each for each in content["config"]["model-catalog-spoke:launches"] if each["name"] == "demand-forecast"
    ]
    follower["version"] = "~1.0"
    _ = spoke.write_text(yaml.safe_dump(content))
