"""A catalog in two regions, shared in all four ways."""

from pathlib import Path

from tests.engine.stage import PRODUCTION, RESEARCH, Stage

ORGANIZATION = """\
management: "111122223333"
accounts:
  - {id: "222233334444", name: hub, ou: Infrastructure}
  - {id: "333344445555", name: research, ou: Workloads/Research}
  - {id: "444455556666", name: production, ou: Workloads/Production}
"""
HUB_FILE = """\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:assumeRole: arn:aws:iam::222233334444:role/OrganizationAccountAccessRole
  model-catalog-hub:regions: [eu-west-1]
  model-catalog-hub:shares:
    - {portfolio: online-inference, type: ORGANIZATION}
    - {portfolio: batch-inference, type: ORGANIZATIONAL_UNIT, target: Workloads/Production}
    - {portfolio: batch-inference, type: ACCOUNT, target: "333344445555"}
    - {portfolio: batch-inference, type: ORGANIZATION_MEMBER_ACCOUNT, target: "222233334444"}
"""


def test_two_regions_and_all_four_kinds_of_share(tmp_path: Path) -> None:
    organization = tmp_path / "organization.yaml"
    _ = organization.write_text(ORGANIZATION)
    with Stage(tmp_path / "rehearsal", organization=organization) as stage:
        _ = (stage.project / "Pulumi.hub.yaml").write_text(HUB_FILE)
        _ = stage.edit(
            "Pulumi.spoke-research.yaml", "- name: embeddings", "- name: embeddings\n      region: eu-west-1"
        )

        for stack in ("organization", "hub", "spoke-research"):
            _ = stage.up(stack)

        launches = stage.outputs("spoke-research")["launches"]
        assert (launches["embeddings"]["region"], launches["embeddings"]["status"]) == ("eu-west-1", "AVAILABLE")
        assert (launches["demand-forecast"]["region"], launches["demand-forecast"]["status"]) == (
            "eu-central-1",
            "AVAILABLE",
        )
        regions = stage.outputs("hub")["catalog"]["regions"]
        # An ACCOUNT share is accepted only where something is launched from it.
        home, other = regions["eu-central-1"], regions["eu-west-1"]
        assert _seen(stage, RESEARCH, "eu-central-1") == _ids(home, "online-inference", "batch-inference")
        assert _seen(stage, RESEARCH, "eu-west-1") == _ids(other, "online-inference")
        for region in ("eu-central-1", "eu-west-1"):
            assert _seen(stage, PRODUCTION, region) == _ids(regions[region], "online-inference", "batch-inference")


def test_a_share_that_did_not_reach_every_account_fails_the_run_and_names_them(stage: Stage) -> None:
    """The organization that is there by default has a suspended account."""
    _ = stage.up("organization")
    _ = stage.edit(
        "Pulumi.hub.yaml",
        "    - portfolio: online-inference\n      type: ORGANIZATIONAL_UNIT\n      target: Workloads/Research\n",
        "    - portfolio: online-inference\n      type: ORGANIZATION\n",
    )

    said = stage.refuse("up-hub")

    assert "COMPLETED_WITH_ERRORS" in said


def _seen(stage: Stage, account: str, region: str) -> set[str]:
    client = stage.client("servicecatalog", account, region)
    shared = client.list_accepted_portfolio_shares(PortfolioShareType="AWS_ORGANIZATIONS")["PortfolioDetails"]
    accepted = client.list_accepted_portfolio_shares(PortfolioShareType="IMPORTED")["PortfolioDetails"]
    return {item["Id"] for item in [*shared, *accepted]}


def _ids(catalog: dict[str, dict[str, dict[str, str]]], *keys: str) -> set[str]:
    return {catalog["portfolios"][key]["id"] for key in keys}
