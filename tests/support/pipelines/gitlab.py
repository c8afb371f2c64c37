"""Runs pipelines of GitLab as far as the examples use them; what it does not know fails by name.

Sources: GitLab Docs, "CI/CD YAML syntax reference", "Specify when jobs run with rules", "Predefined variables",
"Downstream pipelines".
"""

import itertools
import re
import shutil
import string
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import yaml

from tests.support.pipelines.machine import EXAMPLES, Machine
from tests.support.pipelines.tokens import GITLAB, REPOSITORY, token

_GLOBAL: Final = {"include", "stages"}
_KNOWN: Final = {
    *("artifacts", "before_script", "cache", "environment", "extends", "id_tokens", "image", "needs", "pages"),
    *("parallel", "resource_group", "rules", "script", "stage", "timeout", "trigger", "variables"),
}
_IMAGE: Final = "python:3.11"
_WORD: Final = re.compile(r'\s*(?:(\$\w+)|"([^"]*)"|(==|!=|&&|\|\||\(|\))|(null))')

Job = dict[str, Any]


@dataclass
class Pipeline:
    """One run of a pipeline.

    Attributes:
        machine: Where its jobs run.
        variables: What GitLab tells every job.
        branch: What is checked out, and what a job's token speaks of.
        said: What each job has printed.
        failed: The jobs that have.
    """

    machine: Machine
    variables: Mapping[str, str]
    branch: str
    said: dict[str, str] = field(default_factory=dict[str, str])
    failed: list[str] = field(default_factory=list[str])

    def run(self, document: Mapping[str, Any]) -> None:
        """Run every job whose rules say so, stage after stage; what waits for a person is approved."""
        jobs = {name: job for name, job in document.items() if name not in _GLOBAL and not name.startswith(".")}
        stages: list[str] = document.get("stages") or ["build", "test", "deploy"]
        for stage in stages:
            for name, job in jobs.items():
                assert job.get("stage", "test") in stages
                if job.get("stage", "test") != stage or (when := _when(job, self)) is None:
                    continue
                if self.failed and when != "always":
                    continue
                self._begin(name, job)

    def _begin(self, name: str, job: Job) -> None:
        assert set(job) <= _KNOWN, f"{name}: nothing here knows {set(job) - _KNOWN}"
        if trigger := job.get("trigger"):
            child = Pipeline(self.machine, {**self.variables, "CI_PIPELINE_SOURCE": "parent_pipeline"}, self.branch)
            child.run(_merged(self._texts(trigger["include"])))
            self.said |= child.said
            self.failed += child.failed
            return
        axes: list[dict[str, list[str]]] = job.get("parallel", {}).get("matrix") or [{}]
        for axis in axes:
            for values in itertools.product(*axis.values()):
                self._job(name, job, dict(zip(axis, values, strict=True)))

    def _texts(self, included: list[dict[str, str]]) -> Iterator[str]:
        for each in included:
            if "local" in each:
                yield (EXAMPLES / each["local"]).read_text()
            else:
                yield (self.machine.folder / "artifacts" / each["job"] / each["artifact"]).read_text()

    def _job(self, name: str, job: Job, values: Mapping[str, str]) -> None:
        assert _IMAGE == job["image"], f"{name}: nothing here is {job['image']}"
        place = self.machine.folder / "builds" / f"{len(list((self.machine.folder / 'builds').glob('*')))}" / "models"
        place.mkdir(parents=True)
        if job.get("variables", {}).get("GIT_STRATEGY") != "none":
            self.machine.git("clone", "--quiet", "--branch", self.branch, f"{GITLAB}/{REPOSITORY}.git", str(place))
        told = {**self.variables, "CI_PROJECT_DIR": str(place), "CI_JOB_NAME": name}
        for variable, asked in job.get("id_tokens", {}).items():
            subject = f"project_path:{REPOSITORY}:ref_type:branch:ref:{self.branch}"
            told[variable] = token(GITLAB, audience=asked["aud"], subject=subject, seconds=_seconds(job))
        for key, value in {**job.get("variables", {}), **values}.items():
            told[key] = string.Template(str(value)).safe_substitute(told)
        for artifact in (self.machine.folder / "artifacts").glob("*"):
            shutil.copytree(artifact, place, dirs_exist_ok=True)
        environment = self.machine.environment(Path()) | told | {"JOB_HOME": str(place.parent / "home")}
        environment["PATH"] = environment["PATH"].replace(":", f":{environment['MACHINE_PYTHON']}:", 1)
        lines = [f'restore "{path}"' for path in job.get("cache", {}).get("paths", ())]
        lines += [*job.get("before_script", ()), *job["script"]]
        done = subprocess.run(
            [
                str(self.machine.folder / "bin" / "bash"),
                "--noprofile",
                "--norc",
                "-eo",
                "pipefail",
                "-c",
                "\n".join(lines),
            ],
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.said[name] = self.said.get(name, "") + done.stdout
        if done.returncode != 0:
            self.failed.append(name)
        artifacts = job.get("artifacts", {})
        if done.returncode == 0 or artifacts.get("when") == "always":
            self._keep(name, place, artifacts.get("paths", ()))

    def _keep(self, name: str, place: Path, paths: Iterator[str]) -> None:
        for path in paths:
            source, target = place / path, self.machine.folder / "artifacts" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists():
                shutil.copyfile(source, target)


def run(machine: Machine, example: str, source: str, *, failing: bool = False) -> dict[str, str]:
    """Run an example for a push, a schedule or a merge request, and give what each of its jobs printed."""
    proposed = source == "merge_request_event"
    branch = "proposed" if proposed else "main"
    machine.commit(f"{example} on {source}", branch)
    shutil.rmtree(machine.folder / "artifacts", ignore_errors=True)
    (machine.folder / "artifacts").mkdir()
    (machine.folder / "builds").mkdir(exist_ok=True)
    merge_request = {
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": branch,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
    }
    told = {
        "CI_PIPELINE_SOURCE": source,
        "CI_DEFAULT_BRANCH": "main",
        "CI_SERVER_URL": GITLAB,
        "CI_SERVER_HOST": "gitlab.com",
        "CI_PROJECT_PATH": REPOSITORY,
        "CI_PROJECT_ID": "1",
        "CI_PAGES_URL": "https://group.gitlab.io/models",
        "CI_API_V4_URL": machine.notes.url,
        "REQUESTS_TOKEN": machine.notes.proposer,
        "PROPOSER_TOKEN": machine.notes.proposer,
        "COMMENTER_TOKEN": machine.notes.token,
        **(merge_request if proposed else {"CI_COMMIT_BRANCH": "main"}),
    }
    text = (EXAMPLES / example).read_text()
    included: list[dict[str, str]] = yaml.safe_load(text).get("include") or []
    pipeline = Pipeline(machine, told, branch)
    pipeline.run(_merged([*((EXAMPLES / each["local"]).read_text() for each in included), text]))
    assert failing == bool(pipeline.failed), "\n".join(pipeline.said.values())
    return pipeline.said


def _merged(texts: Any) -> dict[str, Any]:  # noqa: ANN401 - any number of texts
    """Read documents together, and give each job what it extends."""
    whole: dict[str, Any] = {}
    for text in texts:
        whole = _over(whole, yaml.safe_load(text))
    return {name: _extended(cast("Job", job), whole) if isinstance(job, dict) else job for name, job in whole.items()}


def _extended(job: Job, whole: Mapping[str, Any]) -> Job:
    return _over(_extended(whole[job["extends"]], whole), job) if "extends" in job else job


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge maps; of lists and texts the one above wins."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _over(merged[key], cast("Job", value)) if both else value
    return merged


def _when(job: Job, pipeline: Pipeline) -> str | None:
    """Say when a job runs, by the first rule that holds; None where it does not."""
    for rule in job.get("rules", [{}]):
        assert set(rule) <= {"if", "changes", "when"}
        if not _touches(rule.get("changes"), pipeline):
            continue
        if "if" not in rule or holds(rule["if"], pipeline.variables):
            return str(rule.get("when", "on_success"))
    return None


def _touches(changes: list[str] | None, pipeline: Pipeline) -> bool:
    """Say whether a branch changes what a rule names: folders with all below them."""
    if changes is None:
        return True
    assert all(each.endswith("/**") for each in changes), "nothing here reads other patterns"
    changed = pipeline.machine.git("diff", "--name-only", f"main...{pipeline.branch}").splitlines()
    return any(path.startswith(each.removesuffix("**")) for each in changes for path in changed)


def holds(condition: str, variables: Mapping[str, str]) -> bool:
    """Say whether a rule's condition holds (GitLab Docs, "CI/CD rules expressions"); a pattern is not read."""
    words: list[str] = []
    rest = condition.rstrip()
    while rest:
        found = _WORD.match(rest)
        assert found, f"nothing here reads {rest!r}"
        variable, text, operator, null = found.groups()
        if operator:
            words.append({"&&": " and ", "||": " or "}.get(operator, operator))
        else:
            words.append(repr(None if null else variables.get(variable[1:]) if variable else text))
        rest = rest[found.end() :]
    return bool(eval("".join(words), {"__builtins__": {}}))  # noqa: S307 - literals and operators, made above


def _seconds(job: Job) -> float:
    """Give how long a job's token lasts: as long as the job may take (GitLab Docs, "ID token authentication")."""
    hours = re.fullmatch(r"(\d+)h", str(job.get("timeout", "1h")))
    assert hours
    return 3600.0 * int(hours[1])
