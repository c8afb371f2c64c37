"""The lock file: which template each published version has, by hash.

A published version never changes: AWS offers no way to, and a spoke that pinned it relies on that. So git holds
the hash of every template, and a template that no longer fits is refused. So is a file that is not as it was written:
cut, torn, or merged with marks left in it; and one that has forgotten what AWS or git still knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import Field

from hub.definitions.yaml_file import unreadable
from shared.catalog.versions import SemVer
from shared.collecting import Mistakes
from shared.documents import parse_yaml, read_file
from shared.errors import ContentError, Mistake
from shared.files import write_file
from shared.validation import Document, Key, validate
from shared.yaml_document import YamlLoader

LOCK_FILE: Final = "templates.lock"
_HEADER: Final = "# The SHA-256 of every published template. Written by: make lock. Lines are added, never changed.\n"


_MARKS: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
"""What git leaves in a file whose two sides it could not merge."""

Sha256 = Annotated[
    str,
    Field(pattern="^[0-9a-f]{64}$", description="a SHA-256, 64 hexadecimal digits", examples=["9e07521e…"]),
]


class _Lock(Document):
    templates: dict[Key, dict[SemVer, Sha256]] = {}
    removed: dict[Key, list[SemVer]] = {}
    """Numbers that never come back, because somebody may remember what they meant."""


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


def check_lock(catalog: Path, published: Published, *, whole: bool = True) -> None:
    """Refuse templates that changed after they were published, and versions that were never locked.

    Args:
        catalog: Its folder.
        published: The versions of the catalog's files.
        whole: Every product could be read; otherwise nobody knows what the others hold.

    Raises:
        ContentError: names each such template.
    """
    lock = _read(catalog / LOCK_FILE)
    locked, published = lock.templates, list(published)
    mistakes = Mistakes()
    with mistakes:
        _refuse_return(catalog, lock.removed, published)
    known = {product for product, *_ in published}
    with mistakes:
        _refuse_removal(catalog, {key: them for key, them in locked.items() if whole or key in known}, published)
    for product, version, sha256, path in published:
        expected = locked.get(product, {}).get(version)
        if expected is not None:
            with mistakes:
                _refuse_change(path, product, version, expected, sha256)
        elif version not in lock.removed.get(product, []):
            mistakes.add(
                ContentError(
                    f"{product} {version} is not in {catalog / LOCK_FILE}. Add it: make lock.",
                    code="version-not-locked",
                    place=str(path),
                )
            )
    mistakes.refuse()


def add_to_lock(catalog: Path, published: Published, known: Sequence[Known] = ()) -> list[str]:
    """Write the hashes of new versions into the lock file, and tell which they are.

    Args:
        catalog: Its folder.
        published: The versions of the catalog's files.
        known: What has been published or locked, by those who could be asked.

    Raises:
        ContentError: a template that is already locked has changed, or the lock file has forgotten what is known.
            Nothing is written then.
    """
    lock = _read(catalog / LOCK_FILE)
    _refuse_forgotten(catalog / LOCK_FILE, lock, known)
    locked = {product: dict(versions) for product, versions in lock.templates.items()}
    published = list(published)
    mistakes = Mistakes()
    with mistakes:
        _refuse_return(catalog, lock.removed, published)
    added: list[str] = []
    for product, version, sha256, path in published:
        expected = locked.setdefault(product, {}).get(version)
        if expected is None:
            locked[product][version] = sha256
            added.append(f"{product} {version}")
        else:
            with mistakes:
                _refuse_change(path, product, version, expected, sha256)
    mistakes.refuse()
    if added:
        _write(catalog, _Lock(templates=locked, removed=lock.removed))
    return added


def numbers_taken(catalog: Path, product: str) -> list[str]:
    """List the numbers that a product, by its original key, has or had: none of them is given to anything else."""
    lock = _read(catalog / LOCK_FILE)
    return [*lock.templates.get(product, {}), *lock.removed.get(product, [])]


def known_from(text: str, source: str) -> Known:
    """Read what another content of the lock file knew. Raises ContentError."""
    lock = _parsed(text.encode(), Path(source))
    templates = {
        (product, version): [sha256]
        for product, versions in lock.templates.items()
        for version, sha256 in versions.items()
    }
    return Known(source, templates, [(product, each) for product, them in lock.removed.items() for each in them])


def removed_numbers(catalog: Path, product: str) -> Sequence[str]:
    """List the versions that a product, by its original key, had and let go. Raises ContentError."""
    return _read(catalog / LOCK_FILE).removed.get(product, [])


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
                    f"retire it first, then run make remove-version.",
                    code="published-version-missing",
                    place=str(catalog / "products" / product / "product.yaml"),
                )
            )
    mistakes.refuse()


def _refuse_change(path: Path, product: str, version: str, expected: str, sha256: str) -> None:
    if expected != sha256:
        raise ContentError(
            f"the template of {product} {version} changed after it was published (locked sha256 {expected[:12]}…, "
            f"found {sha256[:12]}…). Restore it, and put the change into a new version.",
            code="published-template-changed",
            place=str(path),
        )


def _refuse_forgotten(path: Path, lock: _Lock, known: Sequence[Known]) -> None:
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


def _read(lock: Path) -> _Lock:
    try:
        return _parsed(read_file(lock), lock)
    except FileNotFoundError:
        return _Lock()
    except OSError as problem:
        raise unreadable(lock, problem) from None
    except Mistake as mistake:
        raise ContentError(str(mistake), code=mistake.code, place=str(lock)) from None


def _parsed(content: bytes, lock: Path) -> _Lock:
    """Read the file as it has to be: every other one was cut, torn or merged by halves."""
    back = f"Put the file back as git has it (git checkout HEAD -- {lock})."
    try:
        text = content.decode()
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise ContentError(f"is not UTF-8. {back}", code="lock-not-text", place=f"{lock}:{line}") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(_MARKS):
            raise ContentError(
                "a merge conflict is left. Keep the lines of both sides, without the marks. Of two lines for one "
                "version keep the one that was published, and give the other's template another number. Then: "
                "model-catalog models lock",
                code="lock-conflict",
                place=f"{lock}:{number}",
            )
    try:
        document = parse_yaml(text, YamlLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{lock}:{mark.line + 1}" if mark else str(lock)
        reason = getattr(problem, "problem", None) or "it cannot be read"
        raise ContentError(f"is not as it was written: {reason}. {back}", code="lock-torn", place=place) from None
    if document is None:
        raise ContentError(
            f"is empty, so it was cut. {back} In a catalog that has published nothing yet, delete it.",
            code="lock-empty",
            place=str(lock),
        )
    return validate(_Lock, document, where=str(lock), error=ContentError)


def _write(catalog: Path, lock: _Lock) -> None:
    content = yaml.safe_dump(lock.model_dump(exclude_defaults=True), sort_keys=False)
    write_file(catalog / LOCK_FILE, _HEADER + content)
