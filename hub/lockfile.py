"""The lock file: which template each published version has, by hash.

A published version never changes: AWS offers no way to, and a spoke that pinned it relies on that. So git holds
the hash of every template, and a template that no longer fits is refused.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

from shared.checking import Document, Key, checked
from shared.errors import ContentError
from shared.versions import SemVer

LOCK_FILE: Final = "templates.lock"
_HEADER: Final = "# The SHA-256 of every published template. Written by: make lock. Lines are added, never changed.\n"


class _Lock(Document):
    templates: dict[Key, dict[SemVer, str]] = {}


Published = Iterable[tuple[str, str, str, Path]]
"""Product key, version, hash of the template, and where the template is."""


def check_lock(catalog: Path, published: Published) -> None:
    """Refuse templates that changed after they were published, and versions that were never locked.

    Raises:
        ContentError: names the first such template.
    """
    locked = _read(catalog / LOCK_FILE)
    published = list(published)
    _refuse_removal(catalog, locked, published)
    for product, version, sha256, path in published:
        expected = locked.get(product, {}).get(version)
        if expected is None:
            raise ContentError(f"{path}: {product} {version} is not in {catalog / LOCK_FILE}. Add it: make lock.")
        _refuse_change(path, product, version, expected, sha256)


def add_to_lock(catalog: Path, published: Published) -> list[str]:
    """Write the hashes of new versions into the lock file, and tell which they are.

    Raises:
        ContentError: a template that is already locked has changed. Nothing is written then.
    """
    lock = catalog / LOCK_FILE
    locked = {product: dict(versions) for product, versions in _read(lock).items()}
    added: list[str] = []
    for product, version, sha256, path in published:
        expected = locked.setdefault(product, {}).get(version)
        if expected is None:
            locked[product][version] = sha256
            added.append(f"{product} {version}")
        else:
            _refuse_change(path, product, version, expected, sha256)
    if added:
        lock.write_text(_HEADER + yaml.safe_dump({"templates": locked}, sort_keys=False))
    return added


def _refuse_removal(catalog: Path, locked: Mapping[str, Mapping[str, str]], published: Published) -> None:
    """Refuse a catalog without a version that was published, or with another first version.

    Spokes hold on to versions, and the first one is part of its product (docs/adr/0005).
    """
    listed: dict[str, list[str]] = {}
    for product, version, _, _ in published:
        listed.setdefault(product, []).append(version)
    for product, versions in locked.items():
        there = listed.get(product, [])
        place = catalog / "products" / product / "product.yaml"
        missing = next((version for version in versions if version not in there), None)
        if missing is not None:
            raise ContentError(f"{place}: the published version {missing} is missing. Put it back: spokes may use it.")
        first = next(iter(versions))
        if there[0] != first:
            raise ContentError(
                f"{place}: versions: found {there[0]} first. The first one, {first}, is part of the product: put it "
                f"first."
            )


def _refuse_change(path: Path, product: str, version: str, expected: str, sha256: str) -> None:
    if expected != sha256:
        raise ContentError(
            f"{path}: the template of {product} {version} changed after it was published (locked sha256 "
            f"{expected[:12]}…, found {sha256[:12]}…). Restore it, and put the change into a new version."
        )


def _read(lock: Path) -> dict[str, dict[str, str]]:
    if not lock.exists():
        return {}
    content: object = yaml.safe_load(lock.read_text()) or {}
    return checked(_Lock, content, where=str(lock), error=ContentError).templates
