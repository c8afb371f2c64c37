"""The bundle for an auditor: all events byte for byte, whether they are whole, and cards and approvals of what ran."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

import yaml

from fleet.checkout import harmless_environment
from fleet.store.history import Chain
from fleet.store.records import Record
from hub.definitions.yaml_file import CatalogLoader
from shared.documents import parse_yaml
from shared.errors import Mistake
from shared.files import write_file

_PRODUCTS: Final = PurePosixPath("hub/catalog/products")
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_COMMIT: Final = re.compile(r"[0-9a-f]{40,64}")
"""Events are written by many; what is not as it has to be becomes neither a path nor a word of a command."""

_ONE_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the bundle, so that the same history gives the same bundle."""

_README: Final = """\
What is in this bundle
  events/STACK/NUMBER.json  each run that changed a stack, byte for byte as it was written
  records/STACK.json        what each spoke was deployed with last; "event" names its event, and the digest of it
  chain.json                what was verified when the bundle was written, and what was found
  catalog/PRODUCT/VERSION/  product file (which holds the approval), card and template of each version that ran
  approvals.json            who approved the model of each version that ran, and when
  SHA256SUMS                of all these files

How to check it without the program that wrote it
  sha256sum --check SHA256SUMS
  In each event "previous" is "sha256:" and the SHA-256 of the file of the event before. Numbers have no gaps.
  "template" of a launch is the SHA-256 of the version's template, as catalog/templates.lock has it.
"""

Reader = Callable[[PurePosixPath], bytes | None]


@dataclass(frozen=True, slots=True)
class _Ran:
    """A version that ran somewhere."""

    product: str
    version: str
    package: str


def write_bundle(path: Path, chains: Sequence[Chain], records: Mapping[str, Record], root: Path) -> None:
    """Write the bundle, a ZIP file.

    Args:
        path: Where to.
        chains: The histories.
        records: Of spokes, by stack.
        root: The checkout, which has the catalog; versions that it has no more are looked for at the commits that
            launched them.

    Raises:
        OSError: it cannot be written.
    """
    files: dict[str, bytes] = {"README.txt": _README.encode()}
    for chain in chains:
        files |= {f"events/{chain.stack}/{each.number:08}.json": each.content for each in chain.stored}
        if record := records.get(chain.stack):
            files[f"records/{chain.stack}.json"] = record.model_dump_json(indent=1).encode()
    approvals: list[dict[str, Any]] = []
    for ran, commits in sorted(_versions(chains).items(), key=lambda each: (each[0].product, each[0].version)):
        found, approval = _found(ran, [_checkout(root), *(_at(root, commit) for commit in sorted(commits))])
        files |= {f"catalog/{ran.product}/{ran.version}/{name}": content for name, content in found.items()}
        approvals.append({"product": ran.product, "version": ran.version, "package": ran.package, **approval})
    if (lock := _checkout(root)(PurePosixPath("hub/catalog/templates.lock"))) is not None:
        files["catalog/templates.lock"] = lock
    files["chain.json"] = _json([_verified(chain) for chain in chains])
    files["approvals.json"] = _json(approvals)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            bundle.writestr(zipfile.ZipInfo(name, _ONE_TIME), content, zipfile.ZIP_DEFLATED)
    write_file(path, archive.getvalue())


def _verified(chain: Chain) -> dict[str, Any]:
    newest = chain.stored[-1] if chain.stored else None
    return {
        "stack": chain.stack,
        "events": len(chain.stored),
        "newest": {"number": newest.number, "digest": newest.digest} if newest else None,
        "whole": not chain.problems,
        "problems": list(chain.problems),
    }


def _versions(chains: Sequence[Chain]) -> dict[_Ran, set[str]]:
    """Give what ran of the catalog, with the commits that it was launched from."""
    found: dict[_Ran, set[str]] = {}
    for chain in chains:
        for event in chain.events:
            for launch in event.launches:
                package = launch.model.package if launch.model and not launch.model.own else ""
                ran = _Ran(launch.product, launch.version, package)
                found.setdefault(ran, set()).add(event.commit.removesuffix("-dirty"))
    return found


def _found(ran: _Ran, readers: Sequence[Reader]) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Give the files of a version and its approval, from the first place that has it."""
    usable = all(_KEY.fullmatch(each) for each in (ran.product, ran.version))
    for read in readers if usable else ():
        folder = _PRODUCTS / ran.product
        product = read(folder / "product.yaml")
        for entry in _entries(product) if product else ():
            if str(entry.get("version")) == ran.version and ran.package in ("", entry.get("model_package")):
                template: Any = entry.get("template", "")
                if isinstance(template, dict):  # what a command wrote
                    template = cast("dict[str, Any]", template).get("file") or f"{ran.version}.yaml"
                named = [str(each) for each in (entry.get("card", ""), template) if _KEY.fullmatch(str(each))]
                files = {"product.yaml": product, **{name: read(folder / name) for name in named}}
                whole = {name: content for name, content in files.items() if content is not None}
                approval = cast("dict[str, Any]", entry.get("approval") or {})
                return whole, {key: str(value) for key, value in approval.items()}
    return {}, {"problem": "neither this checkout nor the commits that launched it have this version"}


def _entries(product: bytes) -> Iterator[Mapping[str, Any]]:
    """List the versions of a product's file of any release."""
    try:
        content: Any = parse_yaml(product, CatalogLoader)
        entries: list[Any] = content["versions"]
    except (yaml.YAMLError, Mistake, KeyError, TypeError):
        return
    yield from (each for each in entries if isinstance(each, dict))


def _checkout(root: Path) -> Reader:
    def read(path: PurePosixPath) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except OSError:
            return None

    return read


def _at(root: Path, commit: str) -> Reader:
    def read(path: PurePosixPath) -> bytes | None:
        command = ["git", "-C", str(root), "show", f"{commit}:{path}"]
        try:
            if not _COMMIT.fullmatch(commit):
                return None
            return subprocess.run(
                command, capture_output=True, check=True, env=harmless_environment(), timeout=60
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return None

    return read


def _json(content: object) -> bytes:
    return json.dumps(content, indent=1).encode()
