"""Faults: what the sandbox, and nothing else, does to a client on demand."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError

from sandbox.aws.faults import Faults
from sandbox.aws.inputs import InputError
from sandbox.clock import Clock
from tests.support.sandbox.accounts import RESEARCH
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox, running
from tests.support.sandbox.setup import Setup

pytestmark = pytest.mark.sandbox_only


@pytest.fixture
def faults(sandbox: Sandbox) -> Iterator["Injector"]:
    injector = Injector(sandbox)
    yield injector
    injector()


class Injector:
    """Puts faults in force; without any, takes them away."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, *faults: dict[str, Any]) -> None:
        self._sandbox.post("faults", list(faults))


def test_the_nth_call_fails_with_a_code(setup: Setup, faults: Injector, api_error: Expect) -> None:
    faults({"operation": "servicecatalog:DescribePortfolio", "calls": [2], "error": "ThrottlingException"})
    setup.hub.describe_portfolio(Id=setup.portfolio)
    with api_error("ThrottlingException", "injected"):
        setup.hub.describe_portfolio(Id=setup.portfolio)

    assert setup.hub.describe_portfolio(Id=setup.portfolio)["PortfolioDetail"]["Id"] == setup.portfolio


def test_a_rate_hits_a_share_of_the_calls_the_same_in_every_run(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("- {operation: 'sts:*', rate: 0.5, error: Throttling, status: 400}\n")

    def outcomes() -> list[bool]:
        with running(tmp_path, "--faults", str(file), "--seed", "3") as sandbox:
            return [succeeds(sandbox) for _ in range(20)]

    first = outcomes()

    assert {True, False} == set(first)
    assert outcomes() == first


def succeeds(sandbox: Sandbox) -> bool:
    try:
        sandbox.client("sts", RESEARCH).get_caller_identity()
    except Exception:  # noqa: BLE001 - whichever
        return False
    return True


def test_a_dropped_connection_leaves_the_work_done(setup: Setup, faults: Injector) -> None:
    faults({"operation": "servicecatalog:CreatePortfolio", "drop": True})
    before = {p["Id"] for p in setup.research.list_portfolios()["PortfolioDetails"]}
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        setup.research.create_portfolio(DisplayName="lost", ProviderName="x")
    faults()

    after = {p["DisplayName"] for p in setup.research.list_portfolios()["PortfolioDetails"] if p["Id"] not in before}
    assert after == {"lost"}


def test_a_share_can_stick_in_progress(setup: Setup, faults: Injector) -> None:
    faults({"operation": "servicecatalog:CreatePortfolioShare", "hold": 4000})
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": setup.unit("Workloads")}
    token = setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, OrganizationNode=node)["PortfolioShareToken"]
    status = setup.hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"]

    assert status in ("NOT_STARTED", "IN_PROGRESS")
    assert setup.share_status(token) == "COMPLETED"


def test_an_association_can_stay_invisible(setup: Setup, faults: Injector, api_error: Expect) -> None:
    setup.share()
    faults({"operation": "servicecatalog:AssociatePrincipal*", "account": RESEARCH, "hold": 2000})
    setup.grant()
    with api_error("ResourceNotFoundException", "No launch paths"):
        setup.research.list_launch_paths(ProductId=setup.product)

    assert setup.wait_for_path(setup.research)


def test_an_update_can_be_made_to_fail(setup: Setup, faults: Injector) -> None:
    launched = setup.open().launch()
    faults({"operation": "servicecatalog:UpdateProvisionedProduct", "fail": "no capacity"})
    setup.research.update_provisioned_product(ProvisionedProductId=launched["Id"])
    found = setup.settled(launched["Id"])

    assert (found["Status"], found["StatusMessage"]) == ("TAINTED", "no capacity")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- {operation: 'a:b'}", "at least one of"),
        ("- {operation: 'a:b', colour: red}", "colour"),
        ("- {operation: 'a:b', drop: true, rate: 2}", "rate"),
        ("- {error: X}", "operation"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_of_faults_is_one_clear_line(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as error:
        Faults(Clock(1), 0).read(file)

    assert str(file) in str(error.value)
    assert reason in str(error.value)


@pytest.mark.parametrize(("option", "wrong"), [("--faults", "- {error: X}"), ("--answers", "custom_resource: {}")])
def test_a_sandbox_does_not_start_with_a_wrong_file(warm_python: str, tmp_path: Path, option: str, wrong: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(wrong)
    command = [warm_python, "-m", "sandbox", "serve", option, str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: {file}: ")
    assert "Traceback" not in ended.stderr
