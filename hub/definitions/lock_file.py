"""The lock file: which template each published version has, by hash.

A published version never changes: AWS offers no way to, and a spoke that pinned it relies on that. So git holds
the hash of every template, and a template that no longer fits is refused.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

from hub.definitions.yaml_file import read_yaml
from shared.catalog.versions import SemVer
from shared.errors import ContentError
from shared.validation import Document, Key, validate

LOCK_FILE: Final = "templates.lock"
_HEADER: Final = "# The SHA-256 of every published template. Written by: make lock. Lines are added, never changed.\n"


class _Lock(Document):
    templates: dict[Key, dict[SemVer, str]] = {}
    removed: dict[Key, list[SemVer]] = {}
    """Numbers that never come back, because somebody may remember what they meant."""


Published = Iterable[tuple[str, str, str, Path]]
"""Product key, version, hash of the template, and where the template is."""


def check_lock(catalog: Path, published: Published) -> None:
    """Refuse templates that changed after they were published, and versions that were never locked.

    Raises:
        ContentError: names the first such template.
    """
    lock = _read(catalog / LOCK_FILE)
    locked, published = lock.templates, list(published)
    _refuse_return(catalog, lock.removed, published)
    _refuse_removal(catalog, locked, published)
    for product, version, sha256, path in published:
        expected = locked.get(product, {}).get(version)
        if expected is None:
            raise ContentError(
                f"{product} {version} is not in {catalog / LOCK_FILE}. Add it: make lock.",
                code="version-not-locked",
                place=str(path),
            )
        _refuse_change(path, product, version, expected, sha256)


def add_to_lock(catalog: Path, published: Published) -> list[str]:
    """Write the hashes of new versions into the lock file, and tell which they are.

    Raises:
        ContentError: a template that is already locked has changed. Nothing is written then.
    """
    lock = _read(catalog / LOCK_FILE)
    locked = {product: dict(versions) for product, versions in lock.templates.items()}
    published = list(published)
    _refuse_return(catalog, lock.removed, published)
    added: list[str] = []
    for product, version, sha256, path in published:
        expected = locked.setdefault(product, {}).get(version)
        if expected is None:
            locked[product][version] = sha256
            added.append(f"{product} {version}")
        else:
            _refuse_change(path, product, version, expected, sha256)
    if added:
        _write(catalog, _Lock(templates=locked, removed=lock.removed))
    return added


def numbers_taken(catalog: Path, product: str) -> list[str]:
    """List the numbers that a product, by its original key, has or had: none of them is given to anything else."""
    lock = _read(catalog / LOCK_FILE)
    return [*lock.templates.get(product, {}), *lock.removed.get(product, [])]


def strike_from_lock(catalog: Path, product: str, version: str) -> None:
    """Let a version go: its hash leaves the lock file, and its number is kept there so that it never returns.

    Raises:
        ContentError: the version is not in the lock file.
    """
    lock = _read(catalog / LOCK_FILE)
    if version not in lock.templates.get(product, {}):
        raise ContentError(
            f"{product} {version} is not there, so there is nothing to remove.",
            code="nothing-to-remove",
            place=str(catalog / LOCK_FILE),
        )
    left = {
        key: {number: sha256 for number, sha256 in versions.items() if (key, number) != (product, version)}
        for key, versions in lock.templates.items()
    }
    removed = {**lock.removed, product: [*lock.removed.get(product, []), version]}
    _write(catalog, _Lock(templates=left, removed=removed))


def _refuse_return(catalog: Path, removed: Mapping[str, list[str]], published: Published) -> None:
    for product, version, _, _ in published:
        if version in removed.get(product, []):
            raise ContentError(
                f"the version {version} was removed, and its number never comes back. Delete its entry, or give it "
                f"another number.",
                code="version-removed",
                place=str(catalog / "products" / product / "product.yaml"),
            )


def _refuse_removal(catalog: Path, locked: Mapping[str, Mapping[str, str]], published: Published) -> None:
    """Refuse a catalog without a version that was published: spokes may hold on to it."""
    listed = {(product, version) for product, version, _, _ in published}
    for product, versions in locked.items():
        missing = next((version for version in versions if (product, version) not in listed), None)
        if missing is not None:
            raise ContentError(
                f"the published version {missing} is missing. Put it back: spokes may use it. To remove a version, "
                f"retire it first, then run make remove-version.",
                code="published-version-missing",
                place=str(catalog / "products" / product / "product.yaml"),
            )


def _refuse_change(path: Path, product: str, version: str, expected: str, sha256: str) -> None:
    if expected != sha256:
        raise ContentError(
            f"the template of {product} {version} changed after it was published (locked sha256 {expected[:12]}…, "
            f"found {sha256[:12]}…). Restore it, and put the change into a new version.",
            code="published-template-changed",
            place=str(path),
        )


def _read(lock: Path) -> _Lock:
    if not lock.exists():
        return _Lock()
    content: object = read_yaml(lock) or dict[str, object]()
    return validate(_Lock, content, where=str(lock), error=ContentError)


def _write(catalog: Path, lock: _Lock) -> None:
    content = yaml.safe_dump(lock.model_dump(exclude_defaults=True), sort_keys=False)
    (catalog / LOCK_FILE).write_text(_HEADER + content)
