"""The fingerprint of a spoke: all that the result of its run depends on."""

import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fleet.errors import SettingsError
from spoke.launches.contract_dependencies import Parts, digest

_FOLDERS: Final = ("spoke", "shared")
_CODE: Final = ("*.py", "Pulumi.yaml")
_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def fingerprint_of(parts: Parts) -> str:
    """Give one name for all parts together."""
    return digest(dict(parts))


def code_parts(root: Path) -> Parts:
    """Digest the programs of a checkout and the versions of what they need.

    Where a file is means nothing: one that only moves runs no spoke again.

    Raises:
        SettingsError: the checkout has no lock file.
    """
    files = sorted(
        digest(file.read_text()) for folder in _FOLDERS for pattern in _CODE for file in (root / folder).rglob(pattern)
    )
    return {"code of spoke and shared": digest(files), "locked dependencies": digest(_locked(root))}


def _locked(root: Path) -> Mapping[str, str]:
    """Give the locked versions of what the programs import, directly or not: a newer linter changes no spoke."""
    try:
        versions = {canonicalize_name(name): version for name, version in _LOCKED.findall(_lock_of(root))}
        project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    except FileNotFoundError as problem:
        raise SettingsError(
            "is missing. Run the fleet's commands in the project's folder.",
            code="project-file-missing",
            place=Path(problem.filename).name,
        ) from None
    found: dict[str, str] = {}
    waiting = [Requirement(line) for line in project["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found or name not in versions or "extra" in str(wanted.marker or ""):
            continue  # other markers are left alone, so that every machine gives the same answer
        found[name] = versions[name]
        try:
            waiting += [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            continue
    return found


def _lock_of(root: Path) -> str:
    return (root / "requirements.lock").read_text()
