"""What hubs declare, compared with golden graphs (tests/support/graph.py)."""

import json

import yaml
from syrupy.assertion import SnapshotAssertion

from tests.support.catalog_copy import FIRST, CatalogCopy
from tests.support.graph import GraphFile, declared, graph
from tests.support.hub_stack import SETTINGS, deployed
from tests.support.recorder import Mocks

GOVERNED = {
    "tag_options": {"cost-center": ["100", "200"], "tier": ["gold"]},
    "budgets": ["models"],
    "constraints": [
        {"type": "NOTIFICATION", "topics": ["arn:aws:sns:eu-central-1:222233334444:models"]},
        {"type": "RESOURCE_UPDATE", "tag_updates": "NOT_ALLOWED"},
    ],
}
STACK_SET = {
    "type": "STACKSET",
    "accounts": ["333344445555"],
    "regions": ["eu-central-1"],
    "admin_role": "arn:aws:iam::222233334444:role/AWSCloudFormationStackSetAdministrationRole",
    "execution_role": "AWSCloudFormationStackSetExecutionRole",
}


def test_a_hub_with_the_sample_catalog(published: Mocks, snapshot: SnapshotAssertion) -> None:
    assert graph(published, without=["catalog"]) == snapshot(extension_class=GraphFile)


def test_a_hub_that_governs_and_rolls_roles_out(
    published: Mocks, catalog_copy: CatalogCopy, snapshot: SnapshotAssertion
) -> None:
    catalog_copy.keep(*FIRST)
    for product, more in {
        "text-embedder-serverless": GOVERNED,
        "demand-forecaster-batch": {"constraints": [STACK_SET]},
    }.items():
        with (catalog_copy.folder / "products" / product / "product.yaml").open("a") as file:
            yaml.safe_dump(more, file)
    options = "    tag_options: {tier: [gold]}\n    budgets: [models]\n"
    catalog_copy.replace("portfolios.yaml", "  - key: batch-inference\n", "  - key: batch-inference\n" + options)

    governed = deployed(
        {
            **SETTINGS,
            "launchRoles": {"units": ["Workloads/Research", "ou-a1b2-c3d4e5f6"], "boundary": "Limit"},
            "exceptions": [
                {
                    "product": "demand-forecaster-batch",
                    "allow": [STACK_SET["admin_role"], STACK_SET["execution_role"]],
                    "reason": "It is built in every account.",
                }
            ],
        },
        catalog_copy.folder.parent,
    )

    assert graph(governed, beside=published) == snapshot(extension_class=GraphFile)


def test_a_further_region_has_what_the_first_one_has_and_roles_serve_both(
    published: Mocks, published_twice: Mocks
) -> None:
    once, twice = declared(published), declared(published_twice)
    name = "modelcatalog:hub:RegionalCatalog eu-{}-1"
    west, ids = (
        twice.pop(name.format("west")),
        [published_twice.exports[f"{kind}_id"] for kind in ("portfolio", "product")],
    )

    assert once == twice
    assert once[name.format("central")] == as_central(west)
    assert [each["eu-central-1"] for each in ids] == as_central([each["eu-west-1"] for each in ids])


def as_central(west: object) -> object:
    """Write a document about the second region as if it were about the first."""
    return json.loads(json.dumps(west).replace("eu-west-1", "eu-central-1"))
