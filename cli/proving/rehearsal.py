"""A proof's rehearsal: the same command, with a sandbox in the place of AWS that is as slow and as unwilling as AWS."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from cli.proving.parties import HUB, KEYS, MANAGEMENT, SPOKE
from cli.proving.record import FILE, FOLDER, read_record
from cli.proving.report import write_report
from cli.rehearsal.starting import started, stop
from sandbox import plugins
from sandbox.environment import MANAGEMENT as MANAGEMENT_ACCOUNT
from sandbox.environment import REGION
from shared.files import write_file

ACCOUNTS: Final = {MANAGEMENT: MANAGEMENT_ACCOUNT, HUB: "222233334444", SPOKE: "333344445555"}
"""Of the sandbox's default organization."""
_IAM_SECONDS: Final = 12
THROTTLED: Final = 0.04
"""Of all calls. AWS publishes no rates of Service Catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the sandbox behaves.

    Attributes:
        speed: Seconds of its time that pass in a second; 1 is AWS's.
        plain: Without what makes it unwilling or late.
        plugin: Of Pulumi.
        skip: Steps that are left out.
        tests: Which of the sandbox's tests are run.
    """

    speed: float = 20
    plain: bool = False
    plugin: str = plugins.STAND_IN
    skip: list[str] = field(default_factory=list[str])
    tests: str = ""

    @property
    def iam_seconds(self) -> float:
        """Until a role is known, in the sandbox's time."""
        return 0 if self.plain else _IAM_SECONDS

    @property
    def patience(self) -> float:
        """How long the sandbox's tests let a role get known, in real time."""
        return 0 if self.plain else _IAM_SECONDS / self.speed + 0.5


def faults(conditions: Conditions) -> list[dict[str, object]]:
    """List what AWS does to its callers, as the sandbox takes it: throttling, and things that come late."""
    if conditions.plain:
        return []
    return [
        *(
            {"operation": f"{service}:*", "rate": THROTTLED, "error": "ThrottlingException", "message": "Rate exceeded"}
            for service in ("servicecatalog", "iam", "cloudformation", "sagemaker", "organizations")
        ),
        {"operation": "servicecatalog:*PortfolioShare", "hold": 30},
        {"operation": "servicecatalog:Associate*", "hold": 20},
        {"operation": "servicecatalog:ProvisionProduct", "hold": 30},
        {"operation": "servicecatalog:UpdateProvisionedProduct", "hold": 30},
        {"operation": "servicecatalog:TerminateProvisionedProduct", "hold": 30},
        {"operation": "servicecatalog:Create*", "hold": 5},
    ]


def rehearse(conditions: Conditions) -> tuple[int, Path | None]:
    """Run a proof against a sandbox of its own; gives its exit code, and the file of the run."""
    known = set(FOLDER.glob(f"*/{FILE}"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_file(folder / "faults.yaml", yaml.safe_dump(faults(conditions)))
        command = [sys.executable, "-m", "sandbox", "serve", "--speed", str(conditions.speed)]
        command += ["--iam-seconds", str(conditions.iam_seconds), "--faults", str(folder / "faults.yaml")]
        process, url = started(command, folder / "sandbox.log")
        try:
            code = subprocess.run(
                proof_command(conditions), env=environment_on(url, folder), stdin=subprocess.DEVNULL, check=False
            ).returncode
            calls = _calls(url)
        finally:
            stop(process)
    new = sorted(set(FOLDER.glob(f"*/{FILE}")) - known)
    if not new:
        return code, None
    record = read_record(new[-1])
    record.calls = calls
    write_report(record, None)
    return code, new[-1]


def _calls(url: str) -> int:
    """Count the calls of Service Catalog, in all accounts."""
    with urllib.request.urlopen(f"{url}/_sandbox/calls", timeout=30) as answer:  # noqa: S310 - the sandbox's own
        counted: dict[str, dict[str, int]] = json.load(answer)
    return sum(
        number
        for calls in counted.values()
        for operation, number in calls.items()
        if operation.startswith("servicecatalog:")
    )


def proof_command(conditions: Conditions) -> list[str]:
    """Give the command that proves on the sandbox's accounts."""
    words = [sys.executable, "-m", "cli", "proof", "run", "--plugin", conditions.plugin]
    for part, account in ACCOUNTS.items():
        words += [f"--{part}", f"proof-{part}", "--throw-away", account]
    words += [word for each in conditions.skip for word in ("--skip", each)]
    words += ["--iam-seconds", f"{conditions.patience:.1f}"]
    return [*words, *(["--tests", conditions.tests] if conditions.tests else [])]


def environment_on(url: str, folder: Path) -> dict[str, str]:
    """Write an AWS configuration with three profiles into a folder, and give an environment that works on a sandbox."""
    profiles = [
        f"[profile proof-{part}]\nregion = {REGION}\naws_access_key_id = {account}\naws_secret_access_key = sandbox\n"
        for part, account in ACCOUNTS.items()
    ]
    write_file(folder / "config", "\n".join(profiles))
    inherited = {name: value for name, value in os.environ.items() if name not in KEYS and name != "AWS_PROFILE"}
    return inherited | {
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
