"""Measures the sandbox: until it accepts calls, how long a call takes, and what a full catalog costs it.

Usage: python -m benchmarks.sandbox [--starts 5] [--calls 2000]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import boto3
import yaml
from botocore.config import Config
from rich.console import Console
from rich.table import Table

MANAGEMENT, HUB, RESEARCH = "111122223333", "222233334444", "333344445555"
REGION = "eu-central-1"
PORTFOLIOS, PRODUCTS, ACCOUNTS = 100, 350, 1000
"""AWS's quotas of a region, and a large organization."""
TEMPLATE = "Resources: {Logs: {Type: AWS::Logs::LogGroup}}"

Times = dict[str, list[float]]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox", description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2000)
    arguments = parser.parse_args()
    ready = [_start_and_stop() for _ in range(arguments.starts)]
    table = Table("figure", "minimum", "median", "99th percentile", "calls per second")
    table.add_row("ready, s", f"{min(ready):.2f}", f"{statistics.median(ready):.2f}", f"{max(ready):.2f} (slowest)", "")
    with serving() as (url, pid):
        empty = resident_mebibytes(pid)
        _add_rows(table, "", _calls(url, arguments.calls))
    with tempfile.TemporaryDirectory() as folder, serving("--organization", str(_large(Path(folder)))) as (url, pid):
        _fill(url)
        full = resident_mebibytes(pid)
        _add_rows(table, " (full)", _full_calls(url, arguments.calls // 4))
    Console().print(table)
    Console().print(
        f"memory: {empty:.0f} MiB empty, {full:.0f} MiB with {PORTFOLIOS} portfolios, {PRODUCTS} products and "
        f"{ACCOUNTS} accounts"
    )


def _add_rows(table: Table, what: str, times: Times) -> None:
    for name, seconds in times.items():
        ms = sorted(1000 * each for each in seconds)
        last = ms[int(len(ms) * 0.99)]
        row = f"{ms[0]:.2f}", f"{statistics.median(ms):.2f}", f"{last:.2f}", f"{len(ms) / sum(seconds):.0f}"
        table.add_row(f"{name}{what}, ms", *row)


@contextmanager
def serving(*options: str) -> Generator[tuple[str, int], None, None]:
    """Run a sandbox; gives its URL and process id."""
    command = [sys.executable, "-m", "sandbox", "serve", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.split()[1], process.pid
    finally:
        process.terminate()
        process.wait()


def resident_mebibytes(pid: int) -> float:
    """The memory that a process holds now (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def connect(url: str, service: str, account: str) -> Any:  # noqa: ANN401 - any client of boto3
    """A client of an account's administrator."""
    make = cast("Callable[..., Any]", getattr(boto3.Session(), "client"))  # noqa: B009 - stubs know one service each
    return make(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
    )


def _start_and_stop() -> float:
    started = time.perf_counter()
    with serving():
        return time.perf_counter() - started


def _calls(url: str, count: int) -> Times:
    client = connect(url, "servicecatalog", HUB)
    times: Times = {"CreatePortfolio": [], "DescribePortfolio": [], "ListPortfolios": []}
    for number in range(count // 3):
        token = str(number % 90)
        new = {"DisplayName": f"Portfolio {token}", "ProviderName": "Benchmark", "IdempotencyToken": token}
        created = _timed(times["CreatePortfolio"], partial(client.create_portfolio, **new))
        known = partial(client.describe_portfolio, Id=created["PortfolioDetail"]["Id"])
        _timed(times["DescribePortfolio"], known)
        _timed(times["ListPortfolios"], client.list_portfolios)
    return times


def _large(folder: Path) -> Path:
    """An organization of a thousand accounts, in twenty units."""
    members = [
        {"id": HUB, "name": "hub", "ou": "Infrastructure"},
        {"id": RESEARCH, "name": "research", "ou": "Workloads/Unit0"},
        *(
            {"id": f"9{number:011}", "name": f"a{number}", "ou": f"Workloads/Unit{number % 20}"}
            for number in range(ACCOUNTS - 3)
        ),
    ]
    file = folder / "organization.yaml"
    file.write_text(yaml.safe_dump({"management": MANAGEMENT, "accounts": members}))
    return file


def _fill(url: str) -> None:
    """All the portfolios and products that a region may have, each portfolio shared with the whole organization."""
    connect(url, "servicecatalog", MANAGEMENT).enable_aws_organizations_access()
    organizations = connect(url, "organizations", MANAGEMENT)
    service = "servicecatalog.amazonaws.com"
    organizations.register_delegated_administrator(AccountId=HUB, ServicePrincipal=service)
    node = {"Type": "ORGANIZATION", "Value": organizations.describe_organization()["Organization"]["Id"]}
    storage, hub = connect(url, "s3", HUB), connect(url, "servicecatalog", HUB)
    storage.create_bucket(Bucket="full", CreateBucketConfiguration={"LocationConstraint": REGION})
    storage.put_object(Bucket="full", Key="t.template", Body=TEMPLATE.encode())
    info = {"LoadTemplateFromURL": f"https://full.s3.{REGION}.amazonaws.com/t.template"}
    portfolios: list[str] = []
    for number in range(PORTFOLIOS):
        made = hub.create_portfolio(DisplayName=f"Portfolio {number}", ProviderName="Benchmark")
        portfolios.append(made["PortfolioDetail"]["Id"])
    for number in range(PRODUCTS):
        made = hub.create_product(
            Name=f"Product {number}",
            Owner="Benchmark",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": info},
        )
        product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        hub.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolios[number % PORTFOLIOS])
    spoke = connect(url, "servicecatalog", RESEARCH)
    for portfolio in portfolios:
        token = hub.create_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)["PortfolioShareToken"]
        while hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"] != "COMPLETED":
            time.sleep(0.01)
        spoke.associate_principal_with_portfolio(
            PortfolioId=portfolio, PrincipalARN=f"arn:aws:iam::{RESEARCH}:user/administrator", PrincipalType="IAM"
        )
    time.sleep(0.1)


def _full_calls(url: str, count: int) -> Times:
    spoke = connect(url, "servicecatalog", RESEARCH)
    product = spoke.search_products()["ProductViewSummaries"][0]["ProductId"]
    calls: dict[str, Callable[[], object]] = {
        "ListAcceptedPortfolioShares": partial(
            spoke.list_accepted_portfolio_shares, PortfolioShareType="AWS_ORGANIZATIONS"
        ),
        "SearchProducts": spoke.search_products,
        "ListLaunchPaths": partial(spoke.list_launch_paths, ProductId=product),
    }
    times: Times = {name: [] for name in calls}
    for _ in range(count // len(calls)):
        for name, call in calls.items():
            _timed(times[name], call)
    return times


def _timed(times: list[float], call: Callable[[], Any]) -> Any:  # noqa: ANN401 - any call of a boto3 client
    started = time.perf_counter()
    answer = call()
    times.append(time.perf_counter() - started)
    return answer


if __name__ == "__main__":
    main()
