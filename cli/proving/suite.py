"""The sandbox's own tests, asked of AWS: each is a fact that the sandbox claims."""

import json
from typing import Final
from xml.etree import ElementTree as ET

from cli.errors import RehearsalError
from cli.proving.parties import PARTS, SPOKE
from cli.proving.stage import tail
from cli.proving.step import Proof, Step
from cli.rehearsal.starting import ROOT
from sandbox.aws.servicecatalog.artifacts import CREATION_SECONDS
from sandbox.aws.servicecatalog.portfolios import CONSISTENCY_SECONDS

_WAITS: Final = {
    "the version": CREATION_SECONDS,
    "the share": None,
    "a launch path": CONSISTENCY_SECONDS,
    "the provisioned product": None,
}
"""What the tests wait for, and what the sandbox takes for it; None where it depends on what is waited for."""


class Tests(Step):
    """Runs them."""

    name = "tests"
    what = "runs the sandbox's own tests, `pytest tests/sandbox --aws`, in the three accounts"
    undo = "each test removes what it made; what one could not remove has the run's mark, and goes at the end"

    def run(self, proof: Proof) -> None:
        """Run them all; one that fails is a difference from the sandbox, and does not end the proof."""
        folder, parties = proof.stage.folder, proof.parties
        results, waits = folder / "tests.xml", folder / "waits.jsonl"
        proof.record.intend(SPOKE, "things of tests", f"{proof.mark}-…")
        done = proof.stage.pytest(
            str(ROOT / "tests" / "sandbox"),
            "--aws",
            *(f"--aws-{part}={parties[part].profile}" for part in PARTS),
            f"--aws-region={parties.region}",
            f"--aws-mark={proof.mark}-",
            f"--aws-waits={waits}",
            f"--aws-iam-seconds={proof.iam_seconds}",
            f"--junitxml={results}",
            *("-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts=--import-mode=importlib"),
            *(["-k", proof.tests] if proof.tests else []),
            log="tests",
        )
        if not results.exists():
            raise RehearsalError(f"the tests did not run: {tail(done.stdout)}")
        _tell(proof, results.read_text())
        for what, seconds in _waited(waits.read_text() if waits.exists() else "").items():
            proof.measure(f"until {what} was there", seconds, sandbox=_WAITS.get(what))


def _tell(proof: Proof, results: str) -> None:
    """Write down how each test ended."""
    total = 0
    for case in ET.fromstring(results).iter("testcase"):  # noqa: S314 - pytest has just written it
        failure = next((each for each in case if each.tag in ("failure", "error")), None)
        if case.find("skipped") is not None:
            continue
        total += 1
        name = f"{case.get('classname', '').rpartition('.')[2]}: {case.get('name')}"
        proof.fact(name, "fails" if failure is not None else "holds")
        if failure is not None:
            proof.note(f"{name}: {' '.join(str(failure.get('message')).split())[:600]}")
    if not total:
        raise RehearsalError("no test was chosen")


def _waited(lines: str) -> dict[str, list[float]]:
    found = dict[str, list[float]]()
    for line in lines.splitlines():
        what, seconds = json.loads(line)
        found.setdefault(what, []).append(seconds)
    return found
