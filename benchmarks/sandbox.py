"""Measures the sandbox: the time until it accepts calls, and the time of a call.

Usage: python -m benchmarks.sandbox [--starts 5] [--calls 2000]
"""

import argparse
import statistics
import subprocess
import sys
import time
from functools import partial
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

HUB = "222233334444"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox", description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2000)
    arguments = parser.parse_args()
    ready = [_start_and_stop() for _ in range(arguments.starts)]
    table = Table("figure", "minimum", "median", "99th percentile")
    table.add_row("ready, s", f"{min(ready):.2f}", f"{statistics.median(ready):.2f}", f"{max(ready):.2f} (slowest)")
    for name, times in _calls(arguments.calls).items():
        milliseconds = sorted(1000 * seconds for seconds in times)
        last = milliseconds[int(len(milliseconds) * 0.99)]
        table.add_row(f"{name}, ms", f"{milliseconds[0]:.2f}", f"{statistics.median(milliseconds):.2f}", f"{last:.2f}")
    Console().print(table)


def _serve() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-m", "sandbox", "serve"], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline() if process.stdout else ""
    return process, line.split()[1]


def _start_and_stop() -> float:
    started = time.perf_counter()
    process, _ = _serve()
    seconds = time.perf_counter() - started
    process.terminate()
    process.wait()
    return seconds


def _calls(count: int) -> dict[str, list[float]]:
    process, url = _serve()
    try:
        client: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType] - overloads for services without stubs
            "servicecatalog",
            endpoint_url=url,
            region_name="eu-central-1",
            aws_access_key_id=HUB,
            aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
        )
        times: dict[str, list[float]] = {"CreatePortfolio": [], "DescribePortfolio": [], "ListPortfolios": []}
        for number in range(count // 3):
            token = str(number % 90)
            new = {"DisplayName": f"Portfolio {token}", "ProviderName": "Benchmark", "IdempotencyToken": token}
            created = _timed(times["CreatePortfolio"], partial(client.create_portfolio, **new))
            known = partial(client.describe_portfolio, Id=created["PortfolioDetail"]["Id"])
            _timed(times["DescribePortfolio"], known)
            _timed(times["ListPortfolios"], client.list_portfolios)
        return times
    finally:
        process.terminate()
        process.wait()


def _timed(times: list[float], call: Any) -> Any:  # noqa: ANN401 - any call of a boto3 client
    started = time.perf_counter()
    answer = call()
    times.append(time.perf_counter() - started)
    return answer


if __name__ == "__main__":
    main()
