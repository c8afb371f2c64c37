"""What the organization's stack declares, compared with golden graphs (tests/support/graph.py)."""

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
