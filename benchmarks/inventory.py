"""Measures how long it takes to see what every account runs: `model-catalog fleet status` asks them all.

Usage: python -m benchmarks.inventory [--accounts 1000] [--regions 1]

The sandbox has so many accounts, and in every one somebody launched a product by hand. Each account is signed in to by
a role of its own and asked once for each region, as on AWS. The sandbox has the same cores; what AWS's own delay adds
is told apart, for a round trip of so many milliseconds.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from unittest import mock

import boto3
from rich.console import Console
from rich.table import Table

from benchmarks.fleet_stage import FleetStage, account
from fleet.plan.account_inventory import Scope, read_accounts
from shared.aws.accounts import Way

_REGIONS: Final = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2")
_DELAYS: Final = (0, 50, 200)
"""Milliseconds that each answer is late."""

_TEMPLATE: Final = "Resources: {Logs: {Type: AWS::Logs::LogGroup}}"


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inventory", description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--regions", type=int, default=1, choices=range(1, len(_REGIONS) + 1))
    arguments = parser.parse_args()
    table = Table("accounts", "regions", "delay, ms", "found", "wall, s", "CPU, s", "AWS calls")
    with tempfile.TemporaryDirectory() as folder, FleetStage(Path(folder) / "stage", arguments.accounts) as stage:
        begun = time.perf_counter()
        launch_by_hand(stage)
        Console().print(f"launched by hand in {stage.spokes} accounts: {time.perf_counter() - begun:.0f} s")
        for delay in _DELAYS:
            table.add_row(*measured(stage, _REGIONS[: arguments.regions], delay))
    Console().print(table)
    return 0


def measured(stage: FleetStage, regions: tuple[str, ...], delay: int) -> list[str]:
    """Look at every account once, and give a row."""
    scope = Scope(ways=[Way(account(index), _role(index)) for index in range(stage.spokes)], regions=regions)
    calls = 0

    def late(*_: object, **__: object) -> None:
        nonlocal calls
        calls += 1
        time.sleep(delay / 1000)

    def session() -> Any:  # noqa: ANN401 - a boto3 session
        made: Any = _Session()
        made.events.register("before-send.*.*", late)
        return made

    with (
        mock.patch.dict(os.environ, stage.environment()),
        mock.patch("boto3.Session", session),
    ):
        begun, used = time.perf_counter(), time.process_time()
        found = read_accounts(scope, lambda _: True)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    if found.unread:
        sys.exit(str(next(iter(found.unread.items()))))
    numbers = [stage.spokes, len(regions), delay, len(found.found), f"{seconds:.1f}", f"{cpu:.1f}", calls]
    return [f"{each:,}" if isinstance(each, int) else str(each) for each in numbers]


def launch_by_hand(stage: FleetStage) -> None:
    """Launch a product of each account's own: what is looked at is the same, and it needs no share."""
    for index in range(stage.spokes):
        catalog, storage = _client(stage, "servicecatalog", index), _client(stage, "s3", index)
        bucket = f"templates-{account(index)}"
        storage.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": _REGIONS[0]})
        storage.put_object(Bucket=bucket, Key="t.template", Body=_TEMPLATE.encode())
        made = catalog.create_product(
            Name="Logs",
            Owner="Benchmark",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={
                "Name": "1.0.0",
                "Info": {"LoadTemplateFromURL": f"https://{bucket}.s3.{_REGIONS[0]}.amazonaws.com/t.template"},
            },
        )
        product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        portfolio = catalog.create_portfolio(DisplayName="Logs", ProviderName="Benchmark")["PortfolioDetail"]["Id"]
        catalog.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolio)
        catalog.associate_principal_with_portfolio(
            PortfolioId=portfolio,
            PrincipalARN=f"arn:aws:iam::{account(index)}:user/administrator",
            PrincipalType="IAM",
        )
        artifact = made["ProvisioningArtifactDetail"]["Id"]
        _patiently(catalog, product, artifact)


def _patiently(catalog: Any, product: str, artifact: str) -> None:  # noqa: ANN401 - a boto3 client
    """Launch as soon as there is a launch path."""
    while True:
        try:
            catalog.provision_product(
                ProductId=product,
                ProvisioningArtifactId=artifact,
                ProvisionedProductName="by-hand",
                ProvisionToken="by-hand",
            )
        except catalog.exceptions.ResourceNotFoundException:
            time.sleep(0.05)
        else:
            return


def _role(index: int) -> str:
    return f"arn:aws:iam::{account(index)}:role/OrganizationAccountAccessRole"


_Session: Final = boto3.Session
_SESSION: Final[Any] = _Session()


def _client(stage: FleetStage, service: str, index: int) -> Any:  # noqa: ANN401 - any client of boto3
    return _SESSION.client(
        service,
        endpoint_url=stage.url,
        region_name="eu-central-1",
        aws_access_key_id=account(index),
        aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
    )


if __name__ == "__main__":
    sys.exit(main())
