"""Taking over what is there already, made by hand or by a stack that is lost."""

import hashlib
import shlex

from tests.support.stage import HUB, PRODUCTION, Stage

NO_CHANGES = "FLAGS=--expect-no-changes"
PRODUCT = "hub/catalog/products/text-embedder-serverless"


def digest(stage: Stage) -> str:
    """Give the hash of the template that the lock file holds."""
    return hashlib.sha256((stage.project / PRODUCT / "1.0.0.yaml").read_bytes()).hexdigest()


def test_what_is_there_is_taken_over_and_nothing_of_it_changes(stage: Stage) -> None:
    for stack in ("organization", "hub", "spoke-production"):
        _ = stage.up(stack)
    ids = stage.outputs("hub")["product_id"]
    launched = stage.outputs("spoke-production")["launches"]["fraud-scoring"]["provisioned_product"]
    for stack in ("hub", "spoke-production"):
        lose(stage, stack)

    locked = digest(stage)
    back = stage.edit(f"{PRODUCT}/1.0.0.yaml", "Resources:", "# Another one.\nResources:")
    lock_back = stage.edit("hub/catalog/templates.lock", locked, digest(stage))
    refused = stage.refuse("adopt", "STACK=hub")
    lock_back()
    back()
    adopted = stage.succeed("adopt", "STACK=hub")
    follow(stage, "hub", adopted)
    previewed = stage.succeed("preview-hub", NO_CHANGES)
    _ = stage.up("hub")
    again = stage.succeed("adopt", "STACK=hub")

    launches = stage.succeed("adopt", "STACK=spoke-production")
    follow(stage, "spoke-production", launches)
    stage.forget_calls()
    unchanged = stage.succeed("preview-spoke-production", NO_CHANGES)
    _ = stage.up("spoke-production")
    called = stage.calls()

    lose(stage, "organization")
    there_before = stage.refuse("up-organization", "FLAGS=--skip-preview")
    delegated = stage.succeed("adopt", "STACK=organization")
    follow(stage, "organization", delegated)
    _ = stage.up("organization")

    assert "Take that over: model-catalog stack adopt organization" in there_before
    assert f"delegated administrator: {HUB}/servicecatalog.amazonaws.com" in delegated
    assert "text-embedder-serverless 1.0.0 is published in eu-central-1 (pa-" in refused
    assert "with another template" in refused
    assert "version fraud-detector-realtime 1.1.0: pa-" in adopted
    assert "93 unchanged" in previewed
    assert "25 unchanged" in unchanged
    assert [] == [call for call in called if call.startswith("servicecatalog:Update")]
    assert ids == stage.outputs("hub")["product_id"]
    assert "nothing is there that this stack does not have already" in again
    assert f"launch fraud-scoring: {launched}" in launches
    found = stage.outputs("spoke-production")["launches"]["fraud-scoring"]
    assert (launched, "AVAILABLE") == (found["provisioned_product"], found["status"])
    servicecatalog = stage.client("servicecatalog", PRODUCTION)
    running = servicecatalog.scan_provisioned_products(AccessLevelFilter={"Key": "Account", "Value": "self"})
    assert 1 == len(running["ProvisionedProducts"])


def lose(stage: Stage, stack: str) -> None:
    """Let the engine forget a stack, and leave all that it made."""
    removed = stage.run(
        "pulumi", "-C", stack.partition("-")[0], "stack", "rm", stack, "--force", "--yes", "--preserve-config"
    )
    assert removed.returncode == 0, removed.stdout
    created = stage.run("pulumi", "-C", stack.partition("-")[0], "stack", "select", stack, "--create")
    assert created.returncode == 0, created.stdout


def follow(stage: Stage, stack: str, said: str) -> None:
    """Run the commands that a person is told to run."""
    for line in said.splitlines():
        if line.startswith(("pulumi ", "model-catalog ")):
            words = shlex.split(line)
            # The command on PATH is the installed checkout's, and not that of the copy.
            done = stage.run(*(["python", "-m", "cli"] if words[0] == "model-catalog" else words[:1]), *words[1:])
            assert done.returncode == 0, f"{stack}: {line}\n{done.stdout}"


def test_a_spoke_of_many_launches_is_taken_over_as_it_is(stage: Stage) -> None:
    for stack in ("organization", "hub", "spoke-research"):
        _ = stage.up(stack)
    launched = stage.outputs("spoke-research")["launches"]
    lose(stage, "spoke-research")

    follow(stage, "spoke-research", stage.succeed("adopt", "STACK=spoke-research"))
    stage.forget_calls()
    _ = stage.succeed("preview-spoke-research", NO_CHANGES)
    _ = stage.up("spoke-research")
    called = stage.calls()

    assert {name: each["provisioned_product"] for name, each in launched.items()} == {
        name: each["provisioned_product"] for name, each in stage.outputs("spoke-research")["launches"].items()
    }
    assert 5 == len(launched)
    assert [] == [call for call in called if call.startswith("servicecatalog:Update")]
