"""Lets cfn-lint read the templates that it has not read yet: it takes a second to load, and a tenth for each.

What it said of a template is kept by the template's content, cfn-lint's version and its settings, so that a check
takes as long as what has changed. The file may be deleted at any time.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, cast

from fleet.checkout import harmless_environment
from hub.definitions.yaml_file import content_of
from shared.errors import CatalogError
from shared.files import write_file

KNOWN: Final = Path(".cache/cfn-lint.json")
_SETTINGS: Final = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml")
_PROGRAM: Final = "from cfnlint.runner import main; main()"
"""Of the Python that runs us: the package installs a command, and no module to run."""
_PACKAGED: Final = "W3002"
"""Says of each local path that it has to be packaged, which the hub does."""
_AT_ONCE: Final = 16
"""Templates for a process, at least: fewer are not worth a second one."""
_ENDINGS: Final = (".yaml", ".yml", ".json", ".template")
_SAID: Final = 30
"""Templates from which on it takes long enough that somebody wants to know why."""

Findings = Mapping[str, Sequence[str]]
"""What cfn-lint says of templates, by their digest: lines without the file's name."""


def lint(templates: Sequence[Path]) -> Iterator[str]:
    """Tell what cfn-lint finds in templates, one line for each finding."""
    linter = _linter()
    if linter is None:
        print("templates are not linted: cfn-lint is not installed", file=sys.stderr)
        return
    digests = dict(_digests(templates))
    known = _known(linter)
    new = {digest: path for path, digest in digests.items() if digest not in known}
    if len(new) >= _SAID:
        print(f"cfn-lint reads {len(new)} templates that it has not read yet", file=sys.stderr)
    found, elsewhere = _run(list(new.values()))
    fresh = {digest: found[path] for digest, path in new.items() if path in found}
    if fresh or known.keys() - set(digests.values()):
        now = {digest: lines for digest, lines in {**known, **fresh}.items() if digest in digests.values()}
        _keep(linter, now)
    known = {**known, **fresh}
    for path, digest in digests.items():
        yield from (f"{path}{line}" for line in known.get(digest, ()))
    yield from elsewhere


def _linter() -> str | None:
    """Name what the findings depend on beside the template: cfn-lint's version, and its settings."""
    try:
        number = version("cfn-lint")
    except PackageNotFoundError:
        return None
    settings = [folder / name for folder in (Path(), Path.home()) for name in _SETTINGS]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in settings if path.is_file()))
    return f"{number} {digest.hexdigest()[:16]}"


def _digests(templates: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in templates:
        try:
            content = content_of(path)
            if b"TemplateURL" in content:  # the nested ones are read with it
                beside = sorted(each for each in path.parent.rglob("*") if each.suffix in _ENDINGS)
                content = b"\0".join([content, *map(content_of, beside)])
            yield path, hashlib.sha256(content).hexdigest()
        except CatalogError:
            continue  # it cannot be read, which is told by who reads the catalog


def _known(linter: str) -> Findings:
    try:
        content: Any = json.loads(KNOWN.read_bytes())
        return cast("Findings", content["templates"]) if content["linter"] == linter else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _keep(linter: str, found: Findings) -> None:
    """Write what is known; where nothing can be written, the next check asks again."""
    try:
        write_file(KNOWN, json.dumps({"linter": linter, "templates": found}))
    except OSError:
        return


def _run(paths: Sequence[Path]) -> tuple[Mapping[Path, Sequence[str]], Sequence[str]]:
    """Run cfn-lint; give what it says of each template, and what it says of none."""
    count = max(1, min(os.cpu_count() or 1, len(paths) // _AT_ONCE))
    groups = [group for index in range(count) if (group := paths[index::count])]
    running = [(_start(group), group) for group in groups]
    found, elsewhere = dict[Path, list[str]](), list[str]()
    for process, group in running:
        out, err = process.communicate()
        lines = out.splitlines() if process.returncode else []
        said: dict[Path, list[str]] = {path: [] for path in group}
        for line in filter(None, lines):
            name, _, rest = line.partition(":")
            if (path := Path(name)) in said:
                said[path].append(f":{rest}")
            else:
                elsewhere.append(line)
        if process.returncode and err:  # it did not come to its end
            elsewhere += err.splitlines()
            said = {path: each for path, each in said.items() if each}
        found |= said
    return found, elsewhere


def _start(group: Sequence[Path]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PROGRAM, "--ignore-checks", _PACKAGED, "--format", "parseable", "--"]
    command += map(str, group)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=harmless_environment()
    )
