"""A catalog in two regions, shared in all four ways."""

from collections.abc import Iterator

import pytest

from tests.support.stage import HUB, PRODUCTION, RESEARCH, Stage

ORGANIZATION = """\
management: "111122223333"
accounts:
  - {id: "222233334444", name: hub, ou: Infrastructure}
  - {id: "333344445555", name: research, ou: Workloads/Research}
  - {id: "444455556666", name: production, ou: Workloads/Production}
outside: ["999900001111"]
"""
OUTSIDE = "999900001111"
ONLINE_SHARES = """\
    - portfolio: online-inference
      type: ORGANIZATIONAL_UNIT
      target: Workloads/Research
    - portfolio: online-inference
      type: ORGANIZATION_MEMBER_ACCOUNT
      target: "444455556666"
"""
HUB_FILE = """\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:assumeRole: arn:aws:iam::222233334444:role/OrganizationAccountAccessRole
  model-catalog-hub:regions: [eu-west-1]
  model-catalog-hub:shares:
    - {portfolio: online-inference, type: ORGANIZATION}
    - {portfolio: gpu-inference, type: ORGANIZATIONAL_UNIT, target: Workloads/Research}
    - {portfolio: batch-inference, type: ORGANIZATIONAL_UNIT, target: Workloads/Production}
    - {portfolio: gpu-inference, type: ORGANIZATION_MEMBER_ACCOUNT, target: "444455556666"}
    - {portfolio: batch-inference, type: ACCOUNT, target: "333344445555"}
    - {portfolio: batch-inference, type: ACCOUNT, target: "999900001111"}
"""
PARTNER_SHARE = '    - {portfolio: batch-inference, type: ACCOUNT, target: "999900001111"}\n'
PARTNER_LAUNCHES = """\
launches:
    - name: demand-forecast
      product: demand-forecaster-batch
      version: 1.0.0
      parameters:
        InputS3Uri: s3://model-catalog-data-partner/demand/input
        OutputS3Uri: s3://model-catalog-data-partner/demand/forecasts
"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub in two regions that shares in all four ways, also with an account outside of the organization."""
    folder = tmp_path_factory.mktemp("wide")
    organization = folder / "organization.yaml"
    _ = organization.write_text(ORGANIZATION)
    with Stage(folder / "rehearsal", organization=organization) as stage:
        _ = (stage.project / "Pulumi.hub.yaml").write_text(HUB_FILE)
        for stack in ("organization", "hub"):
            _ = stage.up(stack)
        yield stage


def test_two_regions_and_all_four_kinds_of_share(wide: Stage) -> None:
    stage = wide
    _ = stage.edit("Pulumi.spoke-research.yaml", "- name: embeddings", "- name: embeddings\n      region: eu-west-1")
    first = "model-catalog-spoke:launches"
    _ = stage.edit("Pulumi.spoke-research.yaml", first, f"model-catalog-spoke:catalogTags: leave\n  {first}")
    stage.faults({"operation": "servicecatalog:AssociatePrincipal*", "hold": 300})  # the provider waits 34 seconds

    printed = stage.up("spoke-research")

    stage.faults()
    _ = stage.up("spoke-research", "--refresh", "--expect-no-changes")
    assert "AWS shows no launch path to " in printed
    launches = stage.outputs("spoke-research")["launches"]
    assert (launches["embeddings"]["region"], launches["embeddings"]["status"]) == ("eu-west-1", "AVAILABLE")
    assert (launches["demand-forecast"]["region"], launches["demand-forecast"]["status"]) == (
        "eu-central-1",
        "AVAILABLE",
    )
    regions = stage.outputs("hub")["catalog"]["regions"]
    # An ACCOUNT share is accepted only where something is launched from it.
    home, other = regions["eu-central-1"], regions["eu-west-1"]
    assert _seen(stage, RESEARCH, "eu-central-1") == _ids(home, "online-inference", "batch-inference", "gpu-inference")
    assert _seen(stage, RESEARCH, "eu-west-1") == _ids(other, "online-inference", "gpu-inference")
    for region in ("eu-central-1", "eu-west-1"):
        assert _seen(stage, PRODUCTION, region) == _ids(
            regions[region], "online-inference", "batch-inference", "gpu-inference"
        )


@pytest.mark.stand_in_only("a share that is stuck takes a plug-in of real time a quarter of an hour")
def test_shares_tell_the_truth_about_every_account(stage: Stage) -> None:
    """The organization that is there by default has a suspended account."""
    _ = stage.up("organization")
    whole = "    - portfolio: online-inference\n      type: ORGANIZATION\n"
    back = stage.edit("Pulumi.hub.yaml", ONLINE_SHARES, whole)
    foreseen = stage.succeed("preview-hub")
    went_on = stage.succeed("up-hub")
    listed = " ".join(stage.succeed("shares").split())
    back()

    stage.faults({"operation": "servicecatalog:CreatePortfolioShare", "hold": 20000})
    stuck = stage.refuse("up-hub")
    waiting = stage.succeed("preview-hub")
    stage.faults()
    stage.hurry(seconds=20_000)
    _ = stage.up("hub")
    arrived = " ".join(stage.succeed("shares").split())

    assert "with the organization: 5 accounts, of which 555566667777 cannot get it" in foreseen
    assert "unexpected state 'COMPLETED_WITH_ERRORS', wanted target 'COMPLETED'" in went_on
    assert "hub: a share has arrived wherever it can: only suspended accounts are without it" in went_on
    assert "555566667777 not arrived: the account is suspended" in listed
    assert "timeout while waiting for state to become 'COMPLETED' (last state: 'IN_PROGRESS', timeout: 15m0s)" in stuck
    assert f"account {RESEARCH}: not arrived. AWS may still be working on it" in stuck
    assert f"not arrived in {RESEARCH}. " in waiting
    assert f"{RESEARCH} arrived" in arrived
    assert f"{RESEARCH} waits for acceptance" in arrived


def test_an_account_outside_of_the_organization_accepts_launches_and_leaves(wide: Stage) -> None:
    """It has no role that the organization could assume: its own credentials run its stack."""
    stage = wide
    settings = (stage.project / "Pulumi.spoke-production.yaml").read_text().replace(PRODUCTION, OUTSIDE)
    kept = "\n".join(line for line in settings.splitlines() if "assumeRole" not in line and "salt" not in line)
    _ = (stage.project / "Pulumi.spoke-partner.yaml").write_text(kept.partition("launches:")[0] + PARTNER_LAUNCHES)

    launched = stage.make("up-spoke-partner", account=OUTSIDE)
    accepted = _seen(stage, OUTSIDE, "eu-central-1")
    left = stage.make("destroy-spoke-partner", account=OUTSIDE)
    given_back = _seen(stage, OUTSIDE, "eu-central-1")
    _ = stage.edit("Pulumi.hub.yaml", PARTNER_SHARE, "")
    _ = stage.up("hub")

    assert launched.returncode == 0, launched.stdout
    assert "shared with this account alone; this stack accepts it" in launched.stdout
    assert accepted == {stage.outputs("hub")["portfolio_id"]["eu-central-1"]["batch-inference"]}
    assert left.returncode == 0, left.stdout
    assert given_back == set()
    servicecatalog = stage.client("servicecatalog", HUB)
    portfolio = stage.outputs("hub")["portfolio_id"]["eu-central-1"]["batch-inference"]
    left_over = servicecatalog.describe_portfolio_shares(PortfolioId=portfolio, Type="ACCOUNT")["PortfolioShareDetails"]
    assert OUTSIDE not in [share["PrincipalId"] for share in left_over]


def _seen(stage: Stage, account: str, region: str) -> set[str]:
    client = stage.client("servicecatalog", account, region)
    shared = client.list_accepted_portfolio_shares(PortfolioShareType="AWS_ORGANIZATIONS")["PortfolioDetails"]
    accepted = client.list_accepted_portfolio_shares(PortfolioShareType="IMPORTED")["PortfolioDetails"]
    return {item["Id"] for item in [*shared, *accepted]}


def _ids(catalog: dict[str, dict[str, dict[str, str]]], *keys: str) -> set[str]:
    return {catalog["portfolios"][key]["id"] for key in keys}
