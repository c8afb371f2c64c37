"""What this machine has: the tools, the credentials at hand, and whether AWS can be reached from it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from fleet.engine_answers import environment_of
from shared.aws.endpoints import named_endpoints
from shared.aws.preflight import Check, Finding, failed, warning
from shared.aws.reach import is_loopback, silence_of, without_secrets
from shared.stack import readiness

_OLDEST_CLI: Final = (3, 250)
_DOWNLOADS: Final = "https://get.pulumi.com"
_NO_DOWNLOADS: Final = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"


def tools(root: Path) -> list[Check]:
    """List the checks of what is installed."""

    def cli() -> Iterator[Finding]:
        """The Pulumi CLI."""
        yield _cli(root)

    def plugin() -> Iterator[Finding]:
        """The aws plug-in."""
        yield _plugin()

    return [cli, plugin]


def credentials(region: str) -> list[Check]:
    """List the checks of the credentials at hand, before any role of a stack's settings is assumed."""

    def endpoints() -> Iterator[Finding]:
        """Endpoints in place of AWS's own."""
        for each in {each.url: each for each in named_endpoints()}.values():
            what = "a sandbox on this machine" if is_loopback(each.url) else without_secrets(each.url)
            yield warning(
                each.named_by,
                f"everything goes to {what} ({without_secrets(each.url)}) and not to AWS. To work with AWS: unset "
                f"{each.named_by}, and what `model-catalog sandbox env` set beside it",
            )

    return [endpoints, readiness.credentials(region)]


def network(regions: Iterable[str]) -> list[Check]:
    """List the checks of the way to AWS, from each region that a stack works in."""
    return [readiness.network(regions, sorted({each for some in readiness.SERVICES.values() for each in some}))]


def _cli(root: Path) -> Finding:
    environment = environment_of(root, "hub", ())
    remedy = "Install it, or have it built: make install"
    if shutil.which("pulumi", path=environment["PATH"]) is None:
        return failed("pulumi", f"is not on PATH. {remedy}")
    said = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=False, env=environment).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST_CLI:
        oldest = ".".join(map(str, _OLDEST_CLI))
        return failed("pulumi", f"{said.strip() or 'does not say its version'}: {oldest} or newer is needed. {remedy}")
    return Finding("pulumi", said.strip())


def _plugin() -> Finding:
    name = f"resource-aws-v{version('pulumi_aws')}"
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    if (home / "plugins" / name / "pulumi-resource-aws").exists():
        return Finding("plug-in", name)
    number = version("pulumi_aws")
    if os.environ.get(_NO_DOWNLOADS, "").lower() == "true":
        return failed(
            "plug-in", f"{name} is not in {home}, and {_NO_DOWNLOADS} forbids to fetch it. Unset that, or copy it there"
        )
    if problem := silence_of(_DOWNLOADS):
        return failed(
            "plug-in",
            f"{name} is not in {home}, and {_DOWNLOADS} does not answer ({problem}). On a machine that reaches it: "
            f"pulumi plugin install resource aws v{number}; then copy {home / 'plugins' / name} here",
        )
    return warning(
        "plug-in",
        f"{name} is not there yet; the first run fetches it. Beforehand: pulumi plugin install resource aws v{number}",
    )
