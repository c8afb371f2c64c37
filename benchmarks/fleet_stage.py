"""A fleet to measure: an organization of so many accounts, a spoke for each, on the sandbox with the real engine."""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from cli.rehearsal.deployment import SALT, Rehearsal

HUB: Final = "222233334444"
UNITS: Final = 20
_FIRST: Final = 600_000_000_000
_USERS_OF_BATCH: Final = 20
"""One of so many spokes runs the batch product, which is 5 %; all run the embedder."""

_EMBEDDER: Final = {
    "name": "embeddings",
    "product": "text-embedder-serverless",
    "version": "1.0.0",
}
_FORECASTER: Final = {
    "name": "demand-forecast",
    "product": "demand-forecaster-batch",
    "version": "~1.0",
    "parameters": {
        "InputS3Uri": "s3://model-catalog-data-all/demand/input",
        "OutputS3Uri": "s3://model-catalog-data-all/demand/forecasts",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a command cost: it and all that it started and waited for."""

    code: int
    output: str
    seconds: float
    cpu_seconds: float
    peak_mib: float
    calls: int


class FleetStage(Rehearsal):
    """A rehearsal with so many spokes."""

    def __init__(self, folder: Path, spokes: int) -> None:
        folder.mkdir(parents=True)
        self.spokes = spokes
        super().__init__(folder / "rehearsal", organization=_organization(folder, spokes))

    def prepare(self) -> None:
        """Write the settings, and deploy organization and hub."""
        for file in self.project.glob("Pulumi.spoke-*.yaml"):
            file.unlink()
        for index in range(self.spokes):
            _ = (self.project / f"Pulumi.{stack(index)}.yaml").write_text(_settings(index))
        _ = (self.project / "fleet.yaml").write_text(_waves())
        self._share_with_everybody()
        for target in ("up-organization", "up-hub"):
            done = self.make(target, "FLAGS=--skip-preview")
            if done.returncode != 0:
                sys.exit(done.stdout)

    def fleet(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Measured:
        """Run a command of the fleet and measure it."""
        self._calls("POST")
        command = [self.python, "-m", "fleet", *arguments]
        log = self.project / "fleet.log"
        environment = self.environment() | dict(variables or {})
        begun = time.perf_counter()
        with log.open("wb") as output:
            actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)]
            here = Path.cwd()
            os.chdir(self.project)
            try:
                process = os.posix_spawn(self.python, command, environment, file_actions=actions)
            finally:
                os.chdir(here)
            _, status, used = os.wait4(process, 0)
        return Measured(
            code=os.waitstatus_to_exitcode(status),
            output=log.read_text(),
            seconds=time.perf_counter() - begun,
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak_mib=used.ru_maxrss / 1024,
            calls=self._calls("GET"),
        )

    def change(self, *indexes: int, value: str) -> None:
        """Change a tag of a launch of some spokes, so that they have something to update."""
        for index in indexes:
            path = self.project / f"Pulumi.{stack(index)}.yaml"
            settings = yaml.safe_load(path.read_text())
            settings["config"]["model-catalog-spoke:launches"][0]["tags"] = {"round": value}
            _ = path.write_text(yaml.safe_dump(settings))

    def publish_a_version(self) -> None:
        """Publish another version of the product that 5 % of the spokes run, and follow."""
        folder = self.project / "hub" / "catalog" / "products" / "demand-forecaster-batch"
        for suffix in ("yaml", "card.yaml"):
            text = (folder / f"1.0.0.{suffix}").read_text()
            _ = (folder / f"1.0.1.{suffix}").write_text(text.replace("1.0.0", "1.0.1") + "# corrected\n")
        product = yaml.safe_load((folder / "product.yaml").read_text())
        files = {"template": "1.0.1.yaml", "card": "1.0.1.card.yaml"}
        latest = {**product["versions"][-1], **files, "version": "1.0.1", "description": "A correction."}
        product["versions"].append(latest)
        _ = (folder / "product.yaml").write_text(yaml.safe_dump(product, sort_keys=False))
        self._must("lock")
        self._must("up-hub", "FLAGS=--skip-preview")

    def describe_anew(self) -> None:
        """Change what nobody's result depends on: the description of a product that all of them run."""
        file = self.project / "hub" / "catalog" / "products" / "text-embedder-serverless" / "product.yaml"
        product = yaml.safe_load(file.read_text())
        product["description"] += " Described anew."
        _ = file.write_text(yaml.safe_dump(product, sort_keys=False))
        self._must("up-hub", "FLAGS=--skip-preview")

    def set_speed(self, speed: float) -> None:
        """Let so many seconds of AWS's pass in one of ours."""
        body = json.dumps({"speed": speed}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_sandbox/clock", data=body)):  # noqa: S310 - the sandbox's own address
            pass

    def _must(self, target: str, *options: str) -> None:
        done = self.make(target, *options)
        if done.returncode != 0:
            sys.exit(done.stdout)

    def _share_with_everybody(self) -> None:
        path = self.project / "Pulumi.hub.yaml"
        settings = yaml.safe_load(path.read_text())
        settings["config"]["model-catalog-hub:shares"] = [
            {"portfolio": portfolio, "type": "ORGANIZATIONAL_UNIT", "target": "Workloads"}
            for portfolio in ("online-inference", "batch-inference")
        ]
        _ = path.write_text(yaml.safe_dump(settings))

    def _calls(self, method: str) -> int:
        """Ask the sandbox for the number of AWS calls since it was last asked to begin anew."""
        request = urllib.request.Request(f"{self.url}/_sandbox/calls", data=b"{}" if method == "POST" else None)  # noqa: S310 - the sandbox's own address
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
            counted: dict[str, dict[str, int]] = json.load(answer)
        return sum(sum(each.values()) for each in counted.values())


def stack(index: int) -> str:
    """Name the stack of a spoke."""
    return f"spoke-a{index:05}"


def account(index: int) -> str:
    """Number the account of a spoke."""
    return str(_FIRST + index)


def uses_batch(index: int) -> bool:
    """Say whether a spoke is one of the 5 % that run the batch product."""
    return index % _USERS_OF_BATCH == 0


def _organization(folder: Path, spokes: int) -> Path:
    accounts = [{"id": HUB, "name": "hub", "ou": "Infrastructure"}] + [
        {"id": account(index), "name": f"a{index:05}", "ou": f"Workloads/U{index % UNITS:02}"}
        for index in range(spokes)
    ]
    path = folder / "organization.yaml"
    _ = path.write_text(json.dumps({"management": "111122223333", "accounts": accounts}))
    return path


def _settings(index: int) -> str:
    name = "model-catalog-spoke"
    role = f"arn:aws:iam::{account(index)}:role/OrganizationAccountAccessRole"
    launches = [_EMBEDDER, _FORECASTER] if uses_batch(index) else [_EMBEDDER]
    config = {
        "aws:region": "eu-central-1",
        f"{name}:accountId": account(index),
        f"{name}:assumeRole": role,
        f"{name}:launches": launches,
    }
    return yaml.safe_dump({"config": config, "encryptionsalt": SALT})


def _waves() -> str:
    waves = [{"name": "canary", "spokes": [stack(0)]}, {"name": "everybody", "default": True, "tolerance": "5%"}]
    return yaml.safe_dump({"waves": waves})
