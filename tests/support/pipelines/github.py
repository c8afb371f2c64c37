"""Runs workflows of GitHub Actions by act, whose jobs run on this machine: expressions, needs, matrices and all.

Actions of others are stood in for by those in `actions`, by owner and name; one that is not there cannot run.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import yaml

from tests.support.paths import ROOT
from tests.support.pipelines.machine import EXAMPLES, Machine
from tests.support.pipelines.tokens import REPOSITORY

ACT: Final = ROOT / ".tools" / "bin" / "act"
PULL_REQUEST: Final = 7
_USES: Final = re.compile(r"uses: (?!\./)(\S+)")
_KEPT: Final = re.compile(r"[Kk]eep it as (\.github/workflows/[\w-]+\.yml)")
_FAILED: Final = re.compile(r"^.*(?:Failure|level=error).*$", re.MULTILINE)
_LINE: Final = re.compile(r"\[[\w-]+/([\w-]+?)(?:-\d+)? *\] +\| (.*)")


def run(machine: Machine, example: str, event: str, *, code: int = 0) -> dict[str, str]:
    """Run an example, kept where it says that it is to be kept, and give what each of its jobs printed."""
    assert ACT.exists(), "act is not built: make .tools/bin/act"
    text = (EXAMPLES / example).read_text()
    [name] = _KEPT.findall(text)
    workflow = machine.project / name
    workflow.parent.mkdir(parents=True, exist_ok=True)
    workflow.write_text(text)
    machine.commit(f"{name} on {event}", "proposed" if event == "pull_request" else "main")
    shutil.rmtree(machine.folder / "artifacts", ignore_errors=True)
    payload = machine.folder / "event.json"
    head = {"ref": "proposed", "repo": {"full_name": REPOSITORY}}
    proposed = {"number": PULL_REQUEST, "pull_request": {"number": PULL_REQUEST, "head": head}}
    payload.write_text(json.dumps(proposed if event == "pull_request" else {}))
    runners = {str(job["runs-on"]) for job in yaml.safe_load(text)["jobs"].values()}
    options = {
        "--workflows": [name],
        "--eventpath": [str(payload)],
        "--secret": ["GITHUB_TOKEN=a-token"],
        "--concurrent-jobs": ["1"],
        "--platform": [f"{each}=-self-hosted" for each in runners],
        "--local-repository": _stand_ins(machine, workflow),
    }
    given = [word for option, values in options.items() for value in values for word in (option, value)]
    done = subprocess.run(
        [str(ACT), event, "--no-cache-server", "--pull=false", *given],
        cwd=machine.project,
        env=machine.environment(workflow),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said: dict[str, str] = {}
    for job, line in _LINE.findall(done.stdout):
        said[job] = said.get(job, "") + line + "\n"
    assert (done.returncode != 0) == (code != 0), "\n".join([*said.values(), *_FAILED.findall(done.stdout)])
    return said


def _stand_ins(machine: Machine, workflow: Path) -> list[str]:
    files = [workflow, *(machine.project / ".github" / "actions").rglob("*.yml")]
    used = sorted({each for file in files for each in _USES.findall(file.read_text())})
    found = {each: machine.folder / "actions" / each.partition("@")[0] for each in used}
    missing = [each for each, folder in found.items() if not (folder / "action.yml").exists()]
    assert [] == missing, f"nothing here does what these do: {missing}"
    return [f"{each}={folder}" for each, folder in found.items()]
