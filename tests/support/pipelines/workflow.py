"""What a workflow says of a job: where it runs, and what its own token may do."""

import json
import os
from pathlib import Path
from typing import Any

import yaml


def job_of(name: str) -> dict[str, Any]:
    """Give a job of the workflow that runs on this machine."""
    document: dict[str, Any] = yaml.safe_load(Path(os.environ["MACHINE_WORKFLOW"]).read_text())
    job: dict[str, Any] = document["jobs"][name]
    return {"permissions": document.get("permissions", {}), **job}


def need(job: str, permission: str, level: str) -> None:
    """End where the workflow does not give a job's token a permission."""
    given = job_of(job)["permissions"].get(permission, "none")
    if given not in (level, "write"):
        raise SystemExit(f"HTTP 403: Resource not accessible by integration: {job} has {permission}: {given}")


def note(**what: object) -> None:
    """Write down what a job did to the outside."""
    with (Path(os.environ["MACHINE"]) / "done.jsonl").open("a") as file:
        file.write(json.dumps(what) + "\n")
