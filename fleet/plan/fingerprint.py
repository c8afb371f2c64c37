"""The fingerprint of a stack: all that the result of its run depends on."""

import re
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fleet.errors import SettingsError
from spoke.launches.contract_dependencies import Parts, digest

_SHARED: Final = "shared"
_CODE: Final = ("*.py", "Pulumi.yaml")
_PACKAGE: Final = "model-catalog"
_HOME: Final = Path(__file__).resolve().parents[2]
"""Where the rooms are: a checkout, or `rooms` in the package (model_catalog/__init__.py)."""
_PARSING: Final = threading.Lock()
_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def fingerprint_of(parts: Parts) -> str:
    """Give one name for all parts together."""
    return digest(dict(parts))


def code_parts(root: Path, program: str = "spoke") -> Parts:
    """Digest a program of a checkout and the versions of what it needs.

    Where a file is means nothing: one that only moves runs no stack again. In a team's repository, which has no
    programs, they are those of the package, with what is installed beside it.

    Raises:
        SettingsError: the checkout has no lock file.
    """
    return code_of_programs(root, [program])[program]


def code_of_programs(root: Path, programs: Sequence[str]) -> dict[str, Parts]:
    """Digest several programs of a checkout, each by its folder. Raises SettingsError."""
    home = _HOME if _is_package() else root
    needed = digest(_needed([_requirement(_PACKAGE)], _installed) if _is_package() else _locked(root))
    digests = {folder: [digest(file.read_text()) for file in _code(home / folder)] for folder in (*programs, _SHARED)}
    return {
        each: {
            f"code of {each} and {_SHARED}": digest(sorted([*digests[each], *digests[_SHARED]])),
            "locked dependencies": needed,
        }
        for each in programs
    }


def _code(folder: Path) -> Iterator[Path]:
    """List a program's own files; the hub's catalog has some too, and is no part of the program."""
    for part in folder.iterdir() if folder.is_dir() else ():
        if part.is_file():
            yield from (part for pattern in _CODE if part.match(pattern))
        elif part != folder.with_name("hub") / "catalog":
            yield from (file for pattern in _CODE for file in part.rglob(pattern))


def _is_package() -> bool:
    return _HOME.name == "rooms"


def _locked(root: Path) -> Mapping[str, str]:
    """Give the locked versions of what the programs import, directly or not: a newer linter changes no spoke."""
    try:
        versions: dict[str, str] = {canonicalize_name(name): number for name, number in _LOCKED.findall(_lock_of(root))}
        project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    except FileNotFoundError as problem:
        raise SettingsError(
            "is missing. Run the fleet's commands in the project's folder.",
            code="project-file-missing",
            place=Path(problem.filename).name,
        ) from None
    return _needed([_requirement(line) for line in project["dependencies"]], versions.get)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _needed(waiting: list[Requirement], version_of: Callable[[str], str | None]) -> Mapping[str, str]:
    """Give the versions of packages and of all that they need; those without one are left out."""
    found: dict[str, str] = {}
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found or "extra" in str(wanted.marker or "") or (number := version_of(name)) is None:
            continue  # other markers are left alone, so that every machine gives the same answer
        found[name] = number
        try:
            waiting += [_requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            continue
    return found


@cache
def _requirement(line: str) -> Requirement:
    """Parse a requirement, in one thread at a time.

    Markers are parsed as Python, whose parser counts its depth for all threads together: a garbage collection that
    hands over to another one in the middle makes it fail (source: python/cpython#106905).
    """
    with _PARSING:
        return Requirement(line)


def _lock_of(root: Path) -> str:
    return (root / "requirements.lock").read_text()
