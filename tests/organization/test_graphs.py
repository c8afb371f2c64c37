"""What the organization's stack declares, compared with golden graphs (tests/support/graph.py)."""

import json

import pulumi
import pytest
from syrupy.assertion import SnapshotAssertion

from organization.program import run
from shared.stack.names import ORGANIZATION_PROJECT
from tests.support.graph import GraphFile, graph
from tests.support.recorder import Mocks


@pytest.mark.parametrize("stack_sets", ["false", "true"], ids=["sharing", "sharing-and-roles"])
def test_an_organization(mocks: Mocks, snapshot: SnapshotAssertion, stack_sets: str) -> None:
    pulumi.runtime.set_config(f"{ORGANIZATION_PROJECT}:stackSets", stack_sets)

    mocks.deploy(run)

    assert graph(mocks) == snapshot(extension_class=GraphFile)


def test_an_organization_that_gives_accounts_their_deployers(mocks: Mocks, snapshot: SnapshotAssertion) -> None:
    mocks.answers["getOrganization"] = lambda _: {"id": "o-a1b2c3d4e5", "roots": [{"id": "r-a1b2", "name": "Root"}]}
    units = {"r-a1b2": ("Workloads", "ou-a1b2-workload"), "ou-a1b2-workload": ("Research", "ou-a1b2-research")}
    mocks.answers["getOrganizationalUnits"] = lambda asked: {
        "children": [{"name": units[asked["parentId"]][0], "id": units[asked["parentId"]][1]}]
    }
    trust = {"roles": ["arn:aws:iam::222233334444:role/Engineer"]}
    deployers = {"units": ["Workloads/Research", "ou-a1b2-sandboxes"], "trust": trust}
    pulumi.runtime.set_config(f"{ORGANIZATION_PROJECT}:deployers", json.dumps(deployers))

    mocks.deploy(run)

    assert graph(mocks) == snapshot(extension_class=GraphFile)
