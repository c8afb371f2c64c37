"""Lets cfn-lint read the templates that it has not read yet: it takes a second to load, and a tenth for each.

What it said of a template is kept by the template's content, cfn-lint's version and its settings, so that a check
takes as long as what has changed. The file may be deleted at any time.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from fleet.checkout import harmless_environment
from hub.definitions.template_text import TextLoader
from hub.definitions.yaml_file import content_of, read_yaml
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
_TELLING: Final = 8
"""Characters of a product's key that means nothing else."""
_SAID: Final = 30
"""Templates from which on it takes long enough that somebody wants to know why."""


class _Digests(NamedTuple):
    """By what a template is known again.

    Attributes:
        exact: Its content.
        alike: What it has in common with copies of it. Known only where nothing was found.
    """

    exact: str
    alike: str


Findings = Mapping[str, Sequence[str]]
"""What cfn-lint says of templates, by their digest: lines without the file's name."""


def lint(templates: Sequence[Path]) -> Iterator[str]:
    """Tell what cfn-lint finds in templates, one line for each finding."""
    linter = _linter()
    if linter is None:
        print("templates are not linted: cfn-lint is not installed", file=sys.stderr)
        return
    digests = dict(_digests(templates))
    before = _known(linter)
    unread = [path for path, each in digests.items() if before.keys().isdisjoint(each) and _is_yaml(path)]
    # Of those that are alike the one with the longest key: what is too long in any is too long there.
    first = {digests[path].alike: path for path in sorted(unread, key=lambda path: len(path.parent.name))}
    found, elsewhere = _run(list(first.values()))
    others = [path for path in unread if path not in found and found.get(first[digests[path].alike]) != []]
    more, besides = _run([path for path in others if path not in first.values()])
    known = dict(before)
    for path, lines in {**found, **more}.items():
        known |= dict.fromkeys([digests[path].exact] if lines else digests[path], lines)
    current = {digest for each in digests.values() for digest in each}
    known = {digest: lines for digest, lines in known.items() if digest in current}
    if known != before:
        _keep(linter, known)
    for path, each in digests.items():
        yield from (f"{path}{line}" for line in known.get(each.exact, ()))
    yield from (*elsewhere, *besides)


def _linter() -> str | None:
    """Name what the findings depend on beside the template: cfn-lint's version, and its settings."""
    try:
        number = version("cfn-lint")
    except PackageNotFoundError:
        return None
    settings = [folder / name for folder in (Path(), Path.home()) for name in _SETTINGS]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in settings if path.is_file()))
    return f"{number} {digest.hexdigest()[:16]}"


def _digests(templates: Sequence[Path]) -> Iterator[tuple[Path, _Digests]]:
    for path in templates:
        try:
            content = content_of(path)
            if b"TemplateURL" in content:  # the nested ones are read with it
                beside = sorted(each for each in path.parent.rglob("*") if each.suffix in _ENDINGS)
                content = b"\0".join([content, *map(content_of, beside)])
            yield path, _Digests(_digest(content), _digest(_without_names(path, content)))
        except CatalogError:
            continue  # it cannot be read, which is told by who reads the catalog


def _is_yaml(path: Path) -> bool:
    """Whether cfn-lint has something to add: what is no YAML is told by who reads the catalog, once and in words."""
    try:
        _ = read_yaml(path, TextLoader)
    except CatalogError:
        return False
    return True


def _without_names(path: Path, content: bytes) -> bytes:
    """Leave out the product's key and the version's number: copies of a template for many products differ in these.

    A short key may be a word that means something, such as m5.
    """
    if len(path.parent.name) >= _TELLING:
        key = re.escape(path.parent.name.encode())
        content = re.sub(rb"(?<![A-Za-z0-9])%b(?![A-Za-z0-9])" % key, b"\0key", content)
    return content.replace(path.stem.encode(), b"\0version") if path.stem[:1].isdigit() else content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
    if len(paths) >= _SAID:
        print(f"cfn-lint reads {len(paths)} templates that it has not read yet", file=sys.stderr)
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
