"""What spokes declare, compared with golden graphs (tests/support/graph.py)."""

from collections.abc import Callable

from syrupy.assertion import SnapshotAssertion

from tests.support.graph import GraphFile, graph
from tests.support.recorder import Mocks
from tests.support.spoke_stack import ACCOUNT, LAUNCH


def test_research_makes_its_roles_and_accepts_a_share(
    deploy: Callable[..., Mocks], snapshot: SnapshotAssertion
) -> None:
    research = deploy(
        launches=[LAUNCH, {"name": "forecast", "product": "forecaster", "version": "1.0.0"}],
        principals=[{"portfolio": "batch", "arn": f"arn:aws:iam::{ACCOUNT}:role/teams/DataScientist"}],
        permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/ModelCatalogBoundary",
    )

    assert graph(research) == snapshot(extension_class=GraphFile)


def test_production_finds_its_roles_and_launches_in_two_regions(
    deploy: Callable[..., Mocks], mocks: Mocks, snapshot: SnapshotAssertion
) -> None:
    roles = [f"ModelCatalog{kind}-{product}" for kind in ("Launch", "Execution") for product in ("scorer", "embedder")]
    mocks.answers["getRoles"] = lambda _: {"names": roles, "arns": []}
    embedder = {"name": "embeddings", "product": "embedder", "version": "1.0.0"}
    topic = f"arn:aws:sns:eu-central-1:{ACCOUNT}:models"

    production = deploy(
        launchRoles="existing",
        launches=[
            {**embedder, "notifications": [topic]},
            {**embedder, "name": "embeddings-west", "region": "eu-west-1"},
        ],
    )

    assert graph(production) == snapshot(extension_class=GraphFile)
