"""What a full disk or a kill leaves torn in a backend, and how it is put right.

In a local folder a description lies beside each file, and unlike the file it is not written in one step (source:
gocloud.dev/blob/fileblob, setAttrs). While one is torn, Pulumi reads nothing; without it, Pulumi makes it anew. A state
itself is torn where there was no room for it. Pulumi keeps the one before beside it, and a copy of each that a run
ended with.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

from fleet.store.storage import Storage
from shared import limits

_META: Final = ".pulumi/meta.yaml"
_LAYOUT: Final = b"version: 1\n"
"""The layout that the states here are in (source: pulumi 3.250, backend/diy/meta.go)."""

_COPIES: Final = (".pulumi/backups", ".pulumi/history")
_ENDINGS: Final = (".json", ".json.gz")
_GZIP: Final = 31
"""zlib's number for gzip's own head and tail."""
UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, EOFError, RecursionError, zlib.error)


def checkpoint_of(path: str, content: bytes) -> dict[str, Any]:
    """Give what a state's file holds.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, EOFError, zlib.error: it is no state.
    """
    document: dict[str, Any] = json.loads(decompressed(content) if path.endswith("gz") else content)
    checkpoint: dict[str, Any] = document["checkpoint"]
    latest: dict[str, Any] = checkpoint.get("latest") or {}
    resources: list[dict[str, str]] = latest.get("resources") or []
    for each in resources:
        _ = each["type"]
    return latest


def decompressed(content: bytes) -> bytes:
    """Give what a gzip file holds; one that is made to become huge is no state."""
    decompressor = zlib.decompressobj(wbits=_GZIP)
    found = decompressor.decompress(content, limits.STATE_BYTES + 1)
    if len(found) > limits.STATE_BYTES or not decompressor.eof:
        raise ValueError(len(found))
    return found


class Damage:
    """What is torn of one stack's files."""

    def __init__(self, storage: Storage, project: str, stack: str) -> None:
        self._storage = storage
        self._local = storage.url.startswith("file:")  # a bucket writes an object as a whole, and has no descriptions
        self._project = project
        self._stack = stack
        self._state = f".pulumi/stacks/{project}/{stack}"

    def found(self) -> list[str]:
        """Name the files that are torn; Pulumi refuses to work before they are put right."""
        descriptions = [path for path in self._descriptions() if self._is_torn(path, json.loads)]
        layout = [_META] if self._local and self._is_torn(_META, _version_of) else []
        return [*descriptions, *layout, *([torn] if (torn := self._torn_state()) else [])]

    def repair(self) -> list[str]:
        """Put right what is torn, and say in words what was done; nothing where nothing was torn."""
        told: list[str] = []
        for path in self._descriptions():
            if self._is_torn(path, json.loads):
                self._storage.remove(path)
                told.append(f"removed a damaged file that a killed run left beside the state: {path}")
        if self._local and self._is_torn(_META, _version_of):
            self._storage.write(_META, _LAYOUT)
            told.append(f"wrote {_META} anew, which was damaged")
        if torn := self._torn_state():
            told.append(self._restored(torn))
        return told

    def _restored(self, torn: str) -> str:
        broken = self._storage.read(torn)
        self._storage.write(f"{torn}.damaged", broken[0] if broken else b"")
        for path in self._copies(torn):
            copy = self._storage.read(path)
            with suppress(*UNREADABLE):
                if copy:
                    _ = checkpoint_of(path.removesuffix(".bak"), copy[0])
                    content = decompressed(copy[0]) if path.removesuffix(".bak").endswith("gz") else copy[0]
                    self._storage.write(torn, gzip.compress(content, mtime=0) if torn.endswith("gz") else content)
                    return f"the state was damaged, and was put back from {path}; the damaged one is {torn}.damaged"
        empty = json.dumps({"version": 3, "checkpoint": {"stack": self._stack, "latest": None}}).encode()
        self._storage.write(torn, gzip.compress(empty, mtime=0) if torn.endswith("gz") else empty)
        return f"the state was damaged, and nothing is left to put it back from; the damaged one is {torn}.damaged"

    def _copies(self, torn: str) -> Iterator[str]:
        """List what a state can be put back from: the one before, then the ends of runs, newest first."""
        yield f"{torn}.bak"
        ends = [
            entry.path
            for folder in _COPIES
            for entry in self._storage.list(f"{folder}/{self._project}/{self._stack}")
            if entry.path.endswith(_ENDINGS) and ".history." not in entry.path
        ]
        yield from sorted(ends, key=_moment, reverse=True)

    def _torn_state(self) -> str:
        for ending in _ENDINGS:
            path = f"{self._state}{ending}"
            found = self._storage.read(path)
            if found is not None:
                try:
                    _ = checkpoint_of(path, found[0])
                except UNREADABLE:
                    return path
        return ""

    def _descriptions(self) -> Iterator[str]:
        """List the descriptions that Pulumi reads before it does anything with the stack."""
        if not self._local:
            return
        yield f"{_META}.attrs"
        for ending in _ENDINGS:
            yield f"{self._state}{ending}.attrs"
            yield f"{self._state}{ending}.bak.attrs"

    def _is_torn(self, path: str, read: Callable[[bytes], object]) -> bool:
        found = self._storage.read(path)
        if found is None:
            return False
        try:
            _ = read(found[0])
        except (*UNREADABLE, yaml.YAMLError):
            return True
        return False


def _version_of(content: bytes) -> int:
    return int(yaml.safe_load(content)["version"])


def _moment(path: str) -> int:
    """Give when a copy was made, which is in its name, in nanoseconds."""
    digits = [part for part in PurePosixPath(path).name.replace("-", ".").split(".") if part.isdecimal()]
    return int(digits[-1]) if digits else 0
