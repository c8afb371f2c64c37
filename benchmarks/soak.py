"""Keeps a sandbox busy: eight clients, mixed calls, faults injected; no other error may come, and memory stays flat.

Usage: python -m benchmarks.soak [--minutes 3] [--clients 8] [--most-calls 500000]
"""

import argparse
import itertools
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, cast
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Table

from benchmarks.sandbox import HUB, RESEARCH, resident_mebibytes, serving

REGIONS = ("eu-central-1", "eu-west-1", "eu-west-2", "eu-north-1", "us-west-2", "us-east-2", "us-east-1", "eu-west-3")
FAULTS = [
    {"operation": "servicecatalog:*", "rate": 0.01, "error": "ThrottlingException"},
    {"operation": "servicecatalog:List*", "rate": 0.005, "error": "InternalFailure", "status": 500},
]
TEMPLATE = """
Parameters: {Days: {Type: Number, Default: 7, AllowedValues: [7, 30]}}
Resources: {Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}}
"""
MOST_GROWTH = 1.05
"""Memory at the end, of that after a third of the time: flat, but for what an allocator does."""


class UnexpectedError(Exception):
    """An answer that is not what was done before."""


def main() -> int:
    """Run it, print what happened, and fail if an error came that nobody injected, or memory grew."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--clients", type=int, default=8, choices=range(1, 9))
    parser.add_argument("--most-calls", type=int, default=500_000, help="ends earlier when as many were made")
    arguments = parser.parse_args()
    with serving("--speed", "2000") as (url, pid):
        _post(f"{url}/_sandbox/faults", FAULTS)
        soak = Soak(url, 60 * arguments.minutes, arguments.most_calls)
        memory = soak.run(arguments.clients, lambda: resident_mebibytes(pid))
    return _report(soak, memory)


class Soak:
    """What all clients share: when to end, and what was seen."""

    def __init__(self, url: str, seconds: float, most_calls: int) -> None:
        self.url = url
        self.seconds = seconds
        self.most_calls = most_calls
        self.times: list[float] = []
        self.injected: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.rounds: Counter[str] = Counter()
        self.took = 0.0
        self._started = time.monotonic()

    @property
    def over(self) -> bool:
        spent = time.monotonic() - self._started
        return spent > self.seconds or len(self.times) >= self.most_calls or bool(self.wrong)

    def run(self, clients: int, measure: Callable[[], float]) -> list[float]:
        """Run all clients to the end; returns the memory at one third, two thirds and the end."""
        threads = [threading.Thread(target=self._client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        memory: list[float] = []
        for part in (1, 2):
            while not self.over and time.monotonic() - self._started < part * self.seconds / 3:
                time.sleep(0.1)
            memory.append(measure())
        for thread in threads:
            thread.join()
        self.took = time.monotonic() - self._started
        return [*memory, measure()]

    def _client(self, number: int) -> None:
        try:
            client = Worker(self, REGIONS[number], random.Random(number))  # noqa: S311 - the same in each run
            while not self.over:
                client.round()
        except Exception as error:  # noqa: BLE001 - whatever it is, it was not injected
            self.wrong.append(f"{REGIONS[number]}: {error!r}")


class Worker:
    """One client: hub and spoke of a region of its own."""

    def __init__(self, soak: Soak, region: str, dice: random.Random) -> None:
        self._soak = soak
        self._dice = dice
        self._names = (f"{region}-{number}" for number in itertools.count())
        self._hub = self._connect("servicecatalog", HUB, region)
        self._spoke = self._connect("servicecatalog", RESEARCH, region)
        storage = self._connect("s3", HUB, region)
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        storage.create_bucket(Bucket=f"soak-{region}", **place)
        storage.put_object(Bucket=f"soak-{region}", Key="t.template", Body=TEMPLATE.encode())
        self._info = {"LoadTemplateFromURL": f"https://soak-{region}.s3.{region}.amazonaws.com/t.template"}

    def _connect(self, service: str, account: str, region: str) -> Any:  # noqa: ANN401 - any client of boto3
        connect = cast("Callable[..., Any]", getattr(boto3.Session(), "client"))  # noqa: B009 - stubs know one each
        return connect(
            service,
            endpoint_url=self._soak.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
            config=Config(retries={"total_max_attempts": 1}),
        )

    def round(self) -> None:
        """Do one of the things that hubs and spokes do, from its beginning to its end."""
        deed = self._dice.choice([self._portfolio, self._product, self._reading, self._life])
        deed()
        self._soak.rounds[deed.__name__.strip("_")] += 1

    def _call(self, operation: Callable[..., Any], **request: object) -> Any:  # noqa: ANN401 - of any shape
        """Call until no fault hits it."""
        while True:
            started = time.perf_counter()
            try:
                return operation(**request)
            except ClientError as error:
                if "injected" not in str(error):
                    raise
                self._soak.injected[str(error.response.get("Error", {}).get("Code"))] += 1
            finally:
                self._soak.times.append(time.perf_counter() - started)

    def _new_portfolio(self) -> str:
        made = self._call(self._hub.create_portfolio, DisplayName=next(self._names), ProviderName="soak")
        return made["PortfolioDetail"]["Id"]

    def _new_product(self) -> tuple[str, str]:
        made = self._call(
            self._hub.create_product,
            Name=next(self._names),
            Owner="soak",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": self._info},
        )
        return made["ProductViewDetail"]["ProductViewSummary"]["ProductId"], made["ProvisioningArtifactDetail"]["Id"]

    def _portfolio(self) -> None:
        portfolio = self._new_portfolio()
        self._call(self._hub.update_portfolio, Id=portfolio, AddTags=[{"Key": "k", "Value": "v"}])
        found = self._call(self._hub.describe_portfolio, Id=portfolio)
        _expect(found["Tags"], [{"Key": "k", "Value": "v"}])
        self._call(self._hub.delete_portfolio, Id=portfolio)

    def _product(self) -> None:
        product, _ = self._new_product()
        for name in ("v2", "v3"):
            parameters = {"Name": name, "Info": self._info}
            self._call(self._hub.create_provisioning_artifact, ProductId=product, Parameters=parameters)
        found = self._call(self._hub.list_provisioning_artifacts, ProductId=product)["ProvisioningArtifactDetails"]
        _expect([version["Name"] for version in found], ["v1", "v2", "v3"])
        self._call(self._hub.delete_product, Id=product)

    def _reading(self) -> None:
        for operation in (
            self._hub.list_portfolios,
            self._hub.search_products_as_admin,
            self._spoke.search_products,
            self._spoke.list_accepted_portfolio_shares,
            self._spoke.scan_provisioned_products,
            self._spoke.list_record_history,
        ):
            self._call(operation)

    def _life(self) -> None:
        """Share a product, launch, update and terminate it, and take everything down."""
        portfolio, (product, version) = self._new_portfolio(), self._new_product()
        of = {"PortfolioId": portfolio}
        self._call(self._hub.associate_product_with_portfolio, ProductId=product, **of)
        self._call(self._hub.create_portfolio_share, AccountId=RESEARCH, **of)
        self._call(self._spoke.accept_portfolio_share, **of)
        principal = {"PrincipalARN": f"arn:aws:iam::{RESEARCH}:user/administrator", "PrincipalType": "IAM"}
        self._call(self._spoke.associate_principal_with_portfolio, **of, **principal)
        time.sleep(0.01)  # until the path is there: three virtual seconds
        resolved = {"ProductId": product, "ProvisioningArtifactId": version}
        record = self._call(self._spoke.provision_product, ProvisionedProductName=next(self._names), **resolved)
        launched = record["RecordDetail"]["ProvisionedProductId"]
        self._settle(launched)
        parameters = [{"Key": "Days", "Value": "30"}]
        which = {"ProvisionedProductId": launched}
        self._call(self._spoke.update_provisioned_product, **which, ProvisioningParameters=parameters)
        self._settle(launched)
        self._call(self._spoke.terminate_provisioned_product, **which)
        time.sleep(0.03)
        self._call(self._spoke.disassociate_principal_from_portfolio, **of, **principal)
        self._call(self._hub.delete_portfolio_share, AccountId=RESEARCH, **of)
        self._call(self._hub.disassociate_product_from_portfolio, ProductId=product, **of)
        self._call(self._hub.delete_product, Id=product)
        self._call(self._hub.delete_portfolio, Id=portfolio)

    def _settle(self, launched: str) -> None:
        for _ in range(1000):
            found = self._call(self._spoke.describe_provisioned_product, Id=launched)["ProvisionedProductDetail"]
            if found["Status"] != "UNDER_CHANGE":
                _expect(found["Status"], "AVAILABLE")
                return
            time.sleep(0.01)
        raise UnexpectedError(f"{launched} made no progress")


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise UnexpectedError(f"{found!r} instead of {wanted!r}")


def _post(url: str, body: object) -> None:
    urlopen(Request(url, data=json.dumps(body).encode()), timeout=10).close()  # noqa: S310 - http


def _report(soak: Soak, memory: list[float]) -> int:
    milliseconds = sorted(1000 * seconds for seconds in soak.times)
    table = Table("figure", "value")
    table.add_row("calls", f"{len(milliseconds)} in {soak.took:.0f} s, {len(milliseconds) / soak.took:.0f} per second")
    last = milliseconds[int(len(milliseconds) * 0.99)]
    table.add_row("a call, ms", f"median {statistics.median(milliseconds):.1f}, 99th percentile {last:.1f}")
    table.add_row("rounds", ", ".join(f"{name} {count}" for name, count in sorted(soak.rounds.items())))
    table.add_row("faults injected", ", ".join(f"{code} {count}" for code, count in sorted(soak.injected.items())))
    table.add_row("other errors", "; ".join(soak.wrong) or "none")
    table.add_row("memory, MiB", " → ".join(f"{each:.0f}" for each in memory) + " (1/3, 2/3, end)")
    Console().print(table)
    if memory[-1] > MOST_GROWTH * memory[0]:
        sys.stderr.write(f"memory grew from {memory[0]:.0f} to {memory[-1]:.0f} MiB\n")
        return 1
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
