"""The lock file: which template each published version has, by hash.

A published version never changes: AWS offers no way to, and a spoke that pinned it relies on that. So git holds
the hash of every template, and a template that no longer fits is refused. So is a file that is not as it was written:
cut, torn, or merged with marks left in it; and one that has forgotten what AWS or git still knows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from hub.definitions.lock_document import LOCK_FILE, Lock, parse_lock, read_lock, write_lock
from shared.collecting import Mistakes
from shared.errors import ContentError

Files = Mapping[tuple[str, str], Mapping[str, str]]
"""By product key and version: the hashes of the files that go with a template, by path."""

Published = Iterable[tuple[str, str, str, Path]]
"""Product key, version, hash of the template, and where the template is."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the lock file from elsewhere.

    Attributes:
        source: Who knows it, in words.
        templates: Hashes by product key and version; of several any may be the right one.
        removed: Numbers by product key.
    """

    source: str
    templates: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict[tuple[str, str], Sequence[str]])
    removed: Sequence[tuple[str, str]] = ()


def check_lock(
    catalog: Path,
    published: Published,
    files: Files = MappingProxyType({}),
    *,
    whole: bool = True,
    elsewhere: Collection[str] = (),
) -> None:
    """Refuse templates that changed after they were published, and versions that were never locked.

    Args:
        catalog: Its folder.
        published: The versions of the catalog's files.
        files: What goes with their templates.
        whole: Every product could be read; otherwise nobody knows what the others hold.
        elsewhere: The original keys of products that are there and were not read, since they are another part's.

    Raises:
        ContentError: names each such template.
    """
    lock = read_lock(catalog / LOCK_FILE)
    locked, published = lock.templates, list(published)
    mistakes = Mistakes()
    with mistakes:
        _refuse_return(catalog, lock.removed, published)
    known = {product for product, *_ in published}
    with mistakes:
        left = {key: them for key, them in locked.items() if key in known or (whole and key not in elsewhere)}
        _refuse_removal(catalog, left, published)
    for product, version, sha256, path in published:
        expected = locked.get(product, {}).get(version)
        if expected is not None:
            with mistakes:
                changed = _changed(lock, files, product, version)
                _refuse_change(path, product, version, expected, sha256, changed)
        elif version not in lock.removed.get(product, []):
            mistakes.add(
                ContentError(
                    f"{product} {version} is not in {catalog / LOCK_FILE}. Add it: model-catalog models lock.",
                    code="version-not-locked",
                    place=str(path),
                )
            )
    mistakes.refuse()


def add_to_lock(
    catalog: Path, published: Published, known: Sequence[Known] = (), files: Files = MappingProxyType({})
) -> list[str]:
    """Write the hashes of new versions into the lock file, and tell which they are.

    Args:
        catalog: Its folder.
        published: The versions of the catalog's files.
        known: What has been published or locked, by those who could be asked.
        files: What goes with the versions' templates.

    Raises:
        ContentError: a template that is already locked has changed, or the lock file has forgotten what is known.
            Nothing is written then.
    """
    lock = read_lock(catalog / LOCK_FILE)
    _refuse_forgotten(catalog / LOCK_FILE, lock, known)
    locked = {product: dict(versions) for product, versions in lock.templates.items()}
    kept = {product: dict(versions) for product, versions in lock.files.items()}
    published = list(published)
    mistakes = Mistakes()
    with mistakes:
        _refuse_return(catalog, lock.removed, published)
    added: list[str] = []
    for product, version, sha256, path in published:
        expected = locked.setdefault(product, {}).get(version)
        if expected is None:
            locked[product][version] = sha256
            if (product, version) in files:
                kept.setdefault(product, {})[version] = dict(files[product, version])
            added.append(f"{product} {version}")
        else:
            with mistakes:
                changed = _changed(lock, files, product, version)
                _refuse_change(path, product, version, expected, sha256, changed)
    mistakes.refuse()
    if added:
        write_lock(catalog, Lock(templates=locked, files=kept, removed=lock.removed))
    return added


def numbers_taken(catalog: Path, product: str) -> list[str]:
    """List the numbers that a product, by its original key, has or had: none of them is given to anything else."""
    lock = read_lock(catalog / LOCK_FILE)
    return [*lock.templates.get(product, {}), *lock.removed.get(product, [])]


def known_from(text: str, source: str) -> Known:
    """Read what another content of the lock file knew. Raises ContentError."""
    lock = parse_lock(text.encode(), Path(source))
    templates = {
        (product, version): [sha256]
        for product, versions in lock.templates.items()
        for version, sha256 in versions.items()
    }
    return Known(source, templates, [(product, each) for product, them in lock.removed.items() for each in them])


def removed_numbers(catalog: Path, product: str) -> Sequence[str]:
    """List the versions that a product, by its original key, had and let go. Raises ContentError."""
    return read_lock(catalog / LOCK_FILE).removed.get(product, [])


def strike_from_lock(catalog: Path, product: str, version: str) -> None:
    """Let a version go: its hash leaves the lock file, and its number is kept there so that it never returns.

    Raises:
        ContentError: the version is not in the lock file.
    """
    lock = read_lock(catalog / LOCK_FILE)
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
    files = {
        key: {number: them for number, them in versions.items() if (key, number) != (product, version)}
        for key, versions in lock.files.items()
    }
    removed = {**lock.removed, product: [*lock.removed.get(product, []), version]}
    kept = {key: versions for key, versions in files.items() if versions}
    write_lock(catalog, Lock(templates=left, files=kept, removed=removed))


def _refuse_return(catalog: Path, removed: Mapping[str, list[str]], published: Published) -> None:
    mistakes = Mistakes()
    for product, version, _, _ in published:
        if version in removed.get(product, []):
            mistakes.add(
                ContentError(
                    f"the version {version} was removed, and its number never comes back. Delete its entry, or give "
                    f"it another number.",
                    code="version-removed",
                    place=str(catalog / "products" / product / "product.yaml"),
                )
            )
    mistakes.refuse()


def _refuse_removal(catalog: Path, locked: Mapping[str, Mapping[str, str]], published: Published) -> None:
    """Refuse a catalog without a version that was published: spokes may hold on to it."""
    listed = {(product, version) for product, version, _, _ in published}
    mistakes = Mistakes()
    for product, version in ((product, version) for product, versions in locked.items() for version in versions):
        if (product, version) not in listed:
            mistakes.add(
                ContentError(
                    f"the published version {version} is missing. Put it back: spokes may use it. To remove a version, "
                    f"retire it first, then run model-catalog models remove-version.",
                    code="published-version-missing",
                    place=str(catalog / "products" / product / "product.yaml"),
                )
            )
    mistakes.refuse()


def _changed(lock: Lock, files: Files, product: str, version: str) -> Sequence[str]:
    """Name the files of a version that are not as they were locked."""
    before, now = lock.files.get(product, {}).get(version, {}), files.get((product, version), {})
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def _refuse_change(path: Path, product: str, version: str, expected: str, sha256: str, files: Sequence[str]) -> None:
    if expected != sha256:
        what = f"the template of {product} {version}" + (f", with {', '.join(files)}," if files else "")
        raise ContentError(
            f"{what} changed after it was published (locked sha256 {expected[:12]}…, "
            f"found {sha256[:12]}…). Restore it, and put the change into a new version.",
            code="published-template-changed",
            place=str(path),
        )


def _refuse_forgotten(path: Path, lock: Lock, known: Sequence[Known]) -> None:
    """Refuse a lock file without a line that AWS or git knows, or with another one; all of them at once."""
    lines: dict[str, None] = {}
    for each in known:
        for (product, version), hashes in each.templates.items():
            found = lock.templates.get(product, {}).get(version)
            if found not in hashes and version not in lock.removed.get(product, []):
                line = f"templates: {product}: {version}: {hashes[0]}"
                lines[f"\n  {line}  ({each.source}{f'; here {found[:12]}…' if found else ''})"] = None
        for product, version in each.removed:
            if version not in [*lock.removed.get(product, []), *lock.templates.get(product, {})]:
                lines[f"\n  removed: {product}: - {version}  ({each.source})"] = None
    if lines:
        raise ContentError(
            f"lines are missing or changed of what was published or locked, and a published version never changes. "
            f"Nothing was written. Put these back, and the templates that they are of; put a change into a new "
            f"version:{''.join(lines)}",
            code="lock-forgotten",
            place=str(path),
        )
