"""Whatever several accounts do in whatever order: some things always hold."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sandbox.accounts import HUB, PRODUCTION, RESEARCH
from tests.support.sandbox.setup import Setup

pytestmark = pytest.mark.sandbox_only

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNTS = (HUB, RESEARCH, PRODUCTION)
ORDER = {"CREATED": 0, "IN_PROGRESS": 1, "SUCCEEDED": 2, "FAILED": 2}


class Play:
    """One run: what was done so far, and what must therefore hold."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.unit = setup.unit("Research")
        self.shared: set[str] = set()
        self.offered: set[str] = set()
        self.records: dict[str, int] = {}
        self.seen: list[str] = []

    def share_to_unit(self, _account: str) -> None:
        self.setup.share(value=self.unit)
        self.shared.add(RESEARCH)

    def unshare_unit(self, _account: str) -> None:
        node = {"Type": "ORGANIZATIONAL_UNIT", "Value": self.unit}
        token = self.setup.hub.delete_portfolio_share(PortfolioId=self.setup.portfolio, OrganizationNode=node)
        self.setup.share_status(token["PortfolioShareToken"])
        self.shared.discard(RESEARCH)

    def offer(self, account: str) -> None:
        self.setup.hub.create_portfolio_share(PortfolioId=self.setup.portfolio, AccountId=account)
        self.offered.add(account)

    def accept(self, account: str) -> None:
        client = self.setup.client("servicecatalog", account)
        client.accept_portfolio_share(PortfolioId=self.setup.portfolio)
        self.shared.add(account)

    def launch(self, account: str) -> None:
        client = self.setup.client("servicecatalog", account)
        self.setup.grant(account)
        self.setup.wait_for_path(client)
        record = client.provision_product(
            ProductId=self.setup.product,
            ProvisioningArtifactId=self.setup.version,
            ProvisionedProductName=f"{self.setup.name}-{account}-{len(self.records)}",
        )["RecordDetail"]
        self.seen += [record["RecordId"], record["ProvisionedProductId"]]
        self.records[f"{account}/{record['RecordId']}"] = 0

    def check(self) -> None:
        """No account sees what was not shared with it; ids are unique; records only move forward."""
        for account in ACCOUNTS:
            expected = account == HUB or account in self.shared
            assert self.sees(account) == expected, account
        assert len(self.seen) == len(set(self.seen))
        for key, before in self.records.items():
            account, record = key.split("/")
            found = self.setup.client("servicecatalog", account).describe_record(Id=record)["RecordDetail"]
            assert ORDER[found["Status"]] >= before
            self.records[key] = ORDER[found["Status"]]

    def sees(self, account: str) -> bool:
        client = self.setup.client("servicecatalog", account)
        answers: list[bool] = []
        calls: list[tuple[Callable[..., Any], dict[str, str]]] = [
            (client.describe_portfolio, {"Id": self.setup.portfolio}),
            (client.describe_product_as_admin, {"Id": self.setup.product}),
            (client.list_provisioning_artifacts, {"ProductId": self.setup.product}),
            (client.list_constraints_for_portfolio, {"PortfolioId": self.setup.portfolio}),
        ]
        for call, request in calls:
            try:
                call(**request)
                answers.append(True)
            except ClientError:
                answers.append(False)
        assert len(set(answers)) == 1, answers
        return answers[0]


@pytest.mark.filterwarnings("ignore:.*function-scoped fixture")
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["share_to_unit", "unshare_unit", "offer", "accept", "launch"]),
            st.sampled_from([RESEARCH, PRODUCTION]),
        ),
        min_size=3,
        max_size=8,
    )
)
def test_accounts_see_what_is_shared_with_them_and_nothing_else(setup: Setup, steps: list[tuple[str, str]]) -> None:
    play = Play(Setup(setup.sandbox))
    for step, account in steps:
        allowed = {
            "unshare_unit": RESEARCH in play.shared - play.offered,
            "share_to_unit": not play.offered,
            "offer": account not in play.shared,
            "accept": account in play.offered,
            "launch": account in play.shared,
        }
        if allowed.get(step, True):
            getattr(play, step)(account)
        play.check()
