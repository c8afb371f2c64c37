"""Launches that failed, and how they are put right."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.stage import REGION, RESEARCH, Stage

FILE = "Pulumi.spoke-research.yaml"
ROLE = "ModelCatalogLaunch-text-embedder-serverless"
LAUNCHES = """\
  model-catalog-spoke:launches:
    - name: embeddings
      product: text-embedder-serverless
      version: 1.0.0
"""
NONE = """\
  model-catalog-spoke:launches: []
  model-catalog-spoke:principals:
    - portfolio: online-inference
      arn: arn:aws:iam::333344445555:user/administrator
"""


@pytest.fixture(scope="module")
def spoke(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A spoke that has the roles of the online models and has launched none of them."""
    with Stage(tmp_path_factory.mktemp("repair") / "rehearsal") as stage:
        _launch(stage, NONE)
        for stack in ("organization", "hub", "spoke-research"):
            _ = stage.up(stack)
        yield stage


def test_a_failed_creation_is_replaced_and_a_failed_update_is_tried_again(spoke: Stage) -> None:
    """As docs/operations/recovering.md says; somebody took away the permissions of the launch role."""
    _launch(spoke, LAUNCHES)
    _disarm(spoke)
    created = spoke.refuse("up-spoke-research")
    after_creation = _status(spoke)
    named = spoke.outputs("spoke-research")["launches"]["embeddings"]
    _ = spoke.succeed("refresh-spoke-research")
    replaced = spoke.up("spoke-research")
    after_replacement = _status(spoke)

    running = spoke.refuse("relaunch", "STACK=spoke-research", "LAUNCH=embeddings", "FLAGS=--skip-preview")

    _launch(spoke, LAUNCHES + "      parameters:\n        MemorySizeInMB: 4096\n")
    _disarm(spoke)
    updated = spoke.refuse("up-spoke-research")
    after_update = _status(spoke)
    _ = spoke.succeed("refresh-spoke-research")
    _ = spoke.up("spoke-research")

    assert "is not authorized to perform" in created
    assert "ERROR" == named["status"]
    assert named["reason"].startswith("User: arn:aws:sts::333344445555:assumed-role/ModelCatalogLaunch-text-embedder-")
    assert "embeddings failed when it was launched, and AWS takes no update of it" in replaced
    assert "1 replaced" in replaced
    assert "embeddings is AVAILABLE. Only a launch that failed is launched anew" in running
    assert "is not authorized to perform" in updated
    assert (after_creation, after_replacement, after_update, _status(spoke)) == (
        "ERROR",
        "AVAILABLE",
        "TAINTED",
        "AVAILABLE",
    )


def test_launches_that_fail_one_after_another_end_the_run_and_are_launched_by_the_next_one(spoke: Stage) -> None:
    names = ("embeddings-a", "embeddings-b", "embeddings-c")
    each = LAUNCHES.partition(":launches:\n")[2]
    _launch(spoke, LAUNCHES.replace(each, "".join(each.replace("embeddings", name) for name in names)))
    refusing = {"operation": "servicecatalog:ProvisionProduct", "error": "InvalidParametersException"}

    spoke.faults({**refusing, "calls": [1]}, {**refusing, "calls": [2, 3], "delay": 2.0})
    refused = spoke.refuse("up-spoke-research", "FLAGS=--skip-preview")
    spoke.faults()
    said = spoke.outputs("spoke-research")["launches"]
    _ = spoke.up("spoke-research")
    launched = spoke.outputs("spoke-research")["launches"]
    _launch(spoke, NONE)  # as the others expect it, whatever order they come in
    _ = spoke.up("spoke-research")

    assert all(f"ProvisionedProduct {name} **creating failed**" in refused for name in names)
    assert "not launched" in {launch["status"] for launch in said.values()}
    assert dict.fromkeys(names, "AVAILABLE") == {name: launch["status"] for name, launch in launched.items()}


def test_a_role_that_was_made_anew_gets_its_access_back(spoke: Stage) -> None:
    """The association is still there, and of somebody who is gone."""
    role = "arn:aws:iam::333344445555:role/DataScientist"
    _make_role(spoke)
    _launch(spoke, NONE + f"    - portfolio: online-inference\n      arn: {role}\n")
    _ = spoke.up("spoke-research")
    _make_role(spoke)

    previewed = spoke.succeed("preview-spoke-research")
    listed = spoke.refuse("dead-principals", "STACK=spoke-research")
    repaired = spoke.up("spoke-research")
    _ = spoke.succeed("dead-principals", "STACK=spoke-research")
    granted = _principals(spoke)

    _make_role(spoke)
    removed = spoke.succeed("dead-principals", "STACK=spoke-research", "REMOVE=yes")
    _ = spoke.up("spoke-research")

    assert "deleted since it was given access, and counted still" in previewed
    assert "1 to replace" in previewed
    assert "is gone, and counts still" in listed
    assert "1 replaced" in repaired
    assert role in granted
    assert "was removed" in removed
    assert granted == _principals(spoke)


def test_a_launch_follows_a_hub_that_was_made_anew(spoke: Stage) -> None:
    """As docs/operations/recovering.md says; the launch goes on running meanwhile, and is the same afterwards."""
    _launch(spoke, LAUNCHES)
    _ = spoke.up("spoke-research")
    before, portfolio = _provisioned(spoke), _portfolio(spoke)
    _ = spoke.edit("Pulumi.hub.yaml", "config:", "config:\n  model-catalog-hub:protect: false")
    _ = spoke.up("hub")

    refused = spoke.refuse("destroy-hub", "FLAGS=--skip-preview")
    _ = spoke.succeed("destroy-hub", "FLAGS=--skip-preview --acknowledge-launches")
    without = spoke.refuse("preview-spoke-research")
    _ = spoke.up("hub")
    _ = spoke.up("spoke-research")
    after = _provisioned(spoke)
    unchanged = spoke.succeed("preview-spoke-research", "FLAGS=--expect-no-changes")
    _launch(spoke, NONE)  # as the others expect it, whatever order they come in
    _ = spoke.up("spoke-research")

    assert "embeddings" in refused
    assert "exports no catalog" in without
    assert portfolio != _portfolio(spoke)
    assert before["ProductId"] != after["ProductId"]
    assert {key: before[key] for key in ("Id", "PhysicalId", "Name")} == {
        key: after[key] for key in ("Id", "PhysicalId", "Name")
    }
    assert after["Status"] == "AVAILABLE"
    assert "to create" not in unchanged


def _make_role(stage: Stage) -> None:
    iam = stage.client("iam", RESEARCH)
    with contextlib.suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_role(RoleName="DataScientist")
    iam.create_role(RoleName="DataScientist", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')


def _principals(stage: Stage) -> set[str]:
    listed = stage.client("servicecatalog", RESEARCH).list_principals_for_portfolio(PortfolioId=_portfolio(stage))
    return {item["PrincipalARN"] for item in listed["Principals"]}


def _portfolio(stage: Stage) -> str:
    return str(stage.outputs("hub")["portfolio_id"][REGION]["online-inference"])


def _provisioned(stage: Stage) -> Mapping[str, Any]:
    search = stage.client("servicecatalog", RESEARCH).search_provisioned_products
    found = search(AccessLevelFilter={"Key": "Account", "Value": "self"})["ProvisionedProducts"]
    return next(item for item in found if item["Name"] == "embeddings")


def _launch(stage: Stage, launches: str) -> None:
    path = stage.project / FILE
    settings = path.read_text().partition("  model-catalog-spoke:launches:")[0]
    salt = [line for line in path.read_text().splitlines() if line.startswith("encryptionsalt")]
    _ = path.write_text("\n".join([settings + launches, *salt]))


def _disarm(stage: Stage) -> None:
    stage.client("iam", RESEARCH).delete_role_policy(RoleName=ROLE, PolicyName="catalog")


def _status(stage: Stage) -> str:
    scan = stage.client("servicecatalog", RESEARCH).scan_provisioned_products
    found = scan(AccessLevelFilter={"Key": "Account", "Value": "self"})["ProvisionedProducts"]
    return next(item["Status"] for item in found if item["Name"] == "embeddings")
