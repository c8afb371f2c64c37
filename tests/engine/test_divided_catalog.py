"""A catalog divided over two hub stacks, read by one spoke, on the real engine."""

from collections.abc import Iterator

import pytest
import yaml

from tests.support.stage import Stage

ONLINE, BATCH, GPU = "online-inference", "batch-inference", "gpu-inference"
NAMESPACE = "model-catalog-hub"


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage on which each of two stacks publishes portfolios of its own, and research runs models of both."""
    with Stage(tmp_path_factory.mktemp("divided") / "stage") as stage:
        _divide(stage)
        for stack in ("organization", "hub", "hub-batch", "spoke-research"):
            _ = stage.up(stack)
        yield stage


def test_a_spoke_launches_from_both_stacks(divided: Stage) -> None:
    outputs = divided.outputs("spoke-research")

    launches = {"demand-forecast", "embeddings", "fraud-scoring", "fraud-scoring-previous", "transcripts"}
    assert launches == outputs["launches"].keys()
    assert {"AVAILABLE"} == {launch["status"] for launch in outputs["launches"].values()}
    assert "organization/model-catalog-hub/hub, organization/model-catalog-hub/hub-batch" == outputs["contract"]["hub"]


def test_nothing_changes_in_a_second_run(divided: Stage) -> None:
    for stack in ("hub-batch", "spoke-research"):
        assert "unchanged" in divided.up(stack, "--expect-no-changes")


def test_a_version_of_one_stack_leaves_the_contract_of_the_other_alone(divided: Stage) -> None:
    before = {stack: _hash(divided, stack) for stack in ("hub", "hub-batch")}
    product = "hub/catalog/products/demand-forecaster-batch/product.yaml"
    _ = divided.edit(product, "description: ", "description: Anew. ")

    _ = divided.up("hub-batch")
    _ = divided.up("hub")

    assert before["hub"] == _hash(divided, "hub")
    assert before["hub-batch"] != _hash(divided, "hub-batch")


def test_a_stack_that_publishes_what_another_one_does_is_refused(divided: Stage) -> None:
    back = divided.edit("Pulumi.hub-batch.yaml", f"- {BATCH}", f"- {ONLINE}")

    said = divided.refuse("up-hub-batch", "FLAGS=--skip-preview")

    assert f"Pulumi.hub-batch.yaml: portfolios: Pulumi.hub.yaml publishes {ONLINE} too, in the same account" in said
    back()


def test_the_fleet_plans_with_both_contracts(divided: Stage) -> None:
    done = divided.run("python", "-m", "fleet", "plan", "--why", "research")

    assert done.returncode == 0, done.stdout
    assert "= offer of demand-forecast" in done.stdout or "+ offer of demand-forecast" in done.stdout
    assert "offer of embeddings" in done.stdout


def _hash(stage: Stage, stack: str) -> str:
    return stage.outputs(stack)["catalog"]["content_hash"]


def _divide(stage: Stage) -> None:
    path = stage.project / "Pulumi.hub.yaml"
    settings = yaml.safe_load(path.read_text())
    config = settings["config"]
    shares = config[f"{NAMESPACE}:shares"]
    for name, portfolios in (("hub", [ONLINE, GPU]), ("hub-batch", [BATCH])):
        own = {f"{NAMESPACE}:portfolios": portfolios, f"{NAMESPACE}:shares": _of(shares, portfolios)}
        _ = (stage.project / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config | own}))
    spoke = stage.project / "Pulumi.spoke-research.yaml"
    text = spoke.read_text()
    hubs = "  model-catalog-spoke:hubStack: [hub, hub-batch]\n  model-catalog-spoke:launches:"
    _ = spoke.write_text(text.replace("  model-catalog-spoke:launches:", hubs))


def _of(shares: list[dict[str, str]], portfolios: list[str]) -> list[dict[str, str]]:
    return [share for share in shares if share["portfolio"] in portfolios]
