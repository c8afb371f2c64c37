"""What changes in an organization while models run: shares, units, names, portfolios, accounts."""

import re
from typing import Any

from tests.support.catalog_copy import CatalogCopy
from tests.support.stage import HUB, PRODUCTION, REGION, RESEARCH, Stage

HUB_FILE = "Pulumi.hub.yaml"
RESEARCH_FILE = "Pulumi.spoke-research.yaml"
MANAGEMENT = "111122223333"
BY_ACCOUNT = '    - portfolio: batch-inference\n      type: ACCOUNT\n      target: "333344445555"\n'
BY_UNIT = "    - portfolio: batch-inference\n      type: ORGANIZATIONAL_UNIT\n      target: Workloads/Research\n"
ONLINE = "    - portfolio: online-inference\n      type: ORGANIZATIONAL_UNIT\n      target: Workloads/Research\n"
GPU = ONLINE.replace("online", "gpu")


def test_an_organization_changes_its_shape_under_running_models(stage: Stage) -> None:
    """One story, because each step stands on the one before; as the runbooks in docs/operations tell it."""
    for stack in ("organization", "hub", "spoke-research"):
        _ = stage.up(stack)
    before = _launched(stage)

    from_account_to_unit(stage)
    assert before == _launched(stage)

    move_to_another_unit(stage)
    assert before == _launched(stage)

    rename(stage)
    assert before == _launched(stage)

    move_a_product(stage)
    assert before == _launched(stage)

    off_board(stage)


def from_account_to_unit(stage: Stage) -> None:
    """Share with the unit first, let the account give its own share back, and end that one last."""
    _ = stage.edit(HUB_FILE, BY_ACCOUNT, BY_UNIT + BY_ACCOUNT + "      revoking: true\n")
    _ = stage.up("hub")
    assert ["batch-inference", "batch-inference"] == _shares_with(stage, RESEARCH, "batch-inference")
    given_back = stage.up("spoke-research")
    _ = stage.edit(HUB_FILE, BY_ACCOUNT + "      revoking: true\n", "")
    _ = stage.up("hub")
    unchanged = stage.up("spoke-research", "--expect-no-changes")

    assert "1 deleted" in given_back  # the stack that had accepted it
    assert "unchanged" in unchanged
    assert ["batch-inference"] == _shares_with(stage, RESEARCH, "batch-inference")


def move_to_another_unit(stage: Stage) -> None:
    """The account loses what its old unit had, and gets it back by a share with the new one."""
    organizations = stage.client("organizations", MANAGEMENT)
    old = organizations.list_parents(ChildId=RESEARCH)["Parents"][0]["Id"]
    new = organizations.list_parents(ChildId=PRODUCTION)["Parents"][0]["Id"]
    organizations.move_account(AccountId=RESEARCH, SourceParentId=old, DestinationParentId=new)

    refused = stage.refuse("preview-spoke-research")
    running = _running(stage)
    for share in (ONLINE, GPU):
        _ = stage.edit(HUB_FILE, share, share + share.replace("Research", "Production"))
    _ = stage.up("hub")
    found = stage.succeed("preview-spoke-research")

    assert re.search(r"2 of \d+ checks failed\. Nothing was changed\.", refused), refused
    assert f"portfolio online-inference in {REGION}: not shared with this account" in refused
    assert {"AVAILABLE"} == {item["Status"] for item in running}
    assert f"portfolio online-inference in {REGION}: shared with this account by ORGANIZATIONAL_UNIT" in found


def rename(stage: Stage) -> None:
    """Display names and keys change, and nothing is replaced: what was made bears its first key for life."""
    copy = CatalogCopy(stage.project / "hub" / "catalog")
    folder = copy.folder / "products"
    (folder / "text-embedder-serverless").rename(folder / "embedder")
    embedder = "key: embedder\noriginal_key: text-embedder-serverless\n"
    _ = copy.replace("products/embedder/product.yaml", "key: text-embedder-serverless\n", embedder)
    _ = copy.replace("products/embedder/product.yaml", "name: Text embedder, serverless endpoint", "name: Embedder")
    _ = copy.replace("portfolios.yaml", "key: online-inference\n", "key: online\n    original_key: online-inference\n")
    _ = copy.replace("portfolios.yaml", "name: Online inference models", "name: Online models")
    for file in folder.glob("*/product.yaml"):
        _ = file.write_text(file.read_text().replace("portfolio: online-inference", "portfolio: online"))
    _ = stage.edit(HUB_FILE, "portfolio: online-inference", "portfolio: online")

    published = stage.up("hub")
    told = stage.up("spoke-research")  # its settings still have the old key

    assert "2 updated" in published
    assert "replaced" not in published
    assert "created" not in published
    assert "'text-embedder-serverless' is now called 'embedder'" in told
    assert "unchanged" in told
    assert "embedder" == stage.outputs("spoke-research")["launches"]["embeddings"]["product"]


def move_a_product(stage: Stage) -> None:
    """It is in both portfolios for a moment, and the spoke follows by another path."""
    copy = CatalogCopy(stage.project / "hub" / "catalog")
    _ = copy.replace("products/embedder/product.yaml", "portfolio: online", "portfolio: batch-inference")
    before = _path(stage, "embeddings")

    _ = stage.up("hub")
    moved = stage.up("spoke-research")

    product = stage.outputs("hub")["catalog"]["regions"][REGION]["products"]["embedder"]["id"]
    portfolios = stage.client("servicecatalog", HUB).list_portfolios_for_product(ProductId=product)["PortfolioDetails"]
    assert ["Batch inference models"] == [portfolio["DisplayName"] for portfolio in portfolios]
    assert "replaced" not in moved
    assert before != _path(stage, "embeddings")


def off_board(stage: Stage) -> None:
    """Who still runs what is said first, and nothing ends before that is acknowledged."""
    refused = stage.refuse("off-board", "NAME=research")
    mistaken = stage.refuse("off-board", "NAME=research", f"ACKNOWLEDGE={PRODUCTION}")
    running = _running(stage)
    gone = stage.succeed("off-board", "NAME=research", f"ACKNOWLEDGE={RESEARCH}")

    assert "spoke-research runs embeddings: embedder 1.0.0 in eu-central-1 (AVAILABLE)" in refused
    assert f"5 launches of {RESEARCH} would be terminated" in refused
    assert f"--acknowledge: invalid value '{PRODUCTION}', which is not the account's id" in mistaken
    assert 5 == len(running)
    assert "spoke-research is empty" in gone
    assert "It still gets what its unit gets" in gone
    assert [] == _running(stage)


def _launched(stage: Stage) -> dict[str, tuple[str, str]]:
    """Give the identity and the status of each launch."""
    launches: dict[str, dict[str, Any]] = stage.outputs("spoke-research")["launches"]
    return {name: (launch["provisioned_product"], launch["status"]) for name, launch in launches.items()}


def _shares_with(stage: Stage, account: str, portfolio: str) -> list[str]:
    """List the shares by which a portfolio has arrived in an account."""
    client, wanted = stage.client("servicecatalog", account), stage.outputs("hub")["portfolio_id"][REGION][portfolio]
    kinds = ("AWS_ORGANIZATIONS", "IMPORTED")
    found = [client.list_accepted_portfolio_shares(PortfolioShareType=kind)["PortfolioDetails"] for kind in kinds]
    return [portfolio for details in found for item in details if item["Id"] == wanted]


def _path(stage: Stage, name: str) -> str:
    """Give the launch path that a launch took last."""
    client = stage.client("servicecatalog", RESEARCH)
    launch = stage.outputs("spoke-research")["launches"][name]["provisioned_product"]
    record = client.describe_provisioned_product(Id=launch)["ProvisionedProductDetail"]["LastProvisioningRecordId"]
    return str(client.describe_record(Id=record)["RecordDetail"]["PathId"])


def _running(stage: Stage) -> list[dict[str, Any]]:
    """List what research runs, whoever launched it."""
    scan = stage.client("servicecatalog", RESEARCH).scan_provisioned_products
    found: list[dict[str, Any]] = scan(AccessLevelFilter={"Key": "Account", "Value": "self"})["ProvisionedProducts"]
    return found
