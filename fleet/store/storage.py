"""Where Pulumi keeps its state: a local folder, a bucket, or Pulumi Cloud."""

import datetime as dt
import fcntl
import json
import os
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

import boto3
import obstore
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store

from fleet.errors import SettingsError
from fleet.reach import refuse_silent_storage, s3_endpoint
from shared import limits
from shared.files import is_aside, write_file, write_new
from shared.stack.process import is_local

_CLOUD: Final = ("https", "http")
_LOCK: Final = ".fleet/lock"
"""In a folder, which knows no conditional writes: whoever replaces something holds the kernel's lock on this file."""


_STATES: Final = ".pulumi/"


class OversizeError(OSError):
    """An object is too large to be what it should be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An object as a listing shows it; the tag differs after every write."""

    path: str
    tag: str


class Found(NamedTuple):
    """An object's content, and the tag that it has until somebody writes it."""

    content: bytes
    tag: str


def backend_url() -> str:
    """Tell which backend Pulumi works with: that of the environment, or the one that it is logged in to.

    Raises:
        SettingsError: there is none.
    """
    if given := os.environ.get("PULUMI_BACKEND_URL"):
        return given
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        current = json.loads((home / "credentials.json").read_text()).get("current")
    except (OSError, ValueError):
        current = None
    if not current:
        raise SettingsError(
            "Pulumi has no backend. Run pulumi login, or set PULUMI_BACKEND_URL to the folder or bucket with the state "
            "of all stacks.",
            code="no-backend",
        )
    return str(current)


def is_cloud(url: str) -> bool:
    """Say whether a backend is Pulumi Cloud, which has no bucket that anybody could read."""
    return urlsplit(url).scheme in _CLOUD


class Storage:
    """Objects under one address, in a folder or a bucket.

    Credentials of S3 are those that boto3 finds; those of Google and Azure are their clients' own.
    """

    def __init__(self, url: str) -> None:
        """Open an address such as `file:///var/state`, `s3://bucket/folder?region=eu-central-1`, `gs://…`, `azblob://…`.

        Raises:
            SettingsError: the address is none of these.
        """
        self.url = url
        self._opened = _opened(url)
        self._asked = False

        self._folder = folder_of(url)

    @property
    def is_local(self) -> bool:
        """Whether it is a folder on a disk of this machine."""
        return self._folder is not None and is_local(self._folder)

    @property
    def _store(self) -> ObjectStore:
        """Give the store, which has answered one question: its own client would go on asking for minutes."""
        if not self._asked:
            refuse_silent_storage(self.url, asked="records and states", where="the storage")
            self._asked = True
        return self._opened

    def list(self, folder: str) -> Iterator[Entry]:
        """List every object below a folder."""
        for page in obstore.list(self._store, prefix=folder, return_arrow=False):  # pyright: ignore[reportUnknownMemberType] - one overload needs Arrow
            for item in page:
                if not is_aside(item["path"]):
                    yield Entry(item["path"], item["e_tag"] or f"{item['last_modified'].isoformat()} {item['size']}")

    def read(self, path: str) -> Found | None:
        """Give an object's content and tag, or None where there is none.

        Raises:
            OversizeError: it is larger than what is kept there, and was not read.
        """
        try:
            found = obstore.get(self._store, path)
        except FileNotFoundError:
            return None
        meta, most = found.meta, limits.STATE_BYTES if path.startswith(_STATES) else limits.RECORD_BYTES
        if meta["size"] > most:
            raise OversizeError(
                f"{path} has {meta['size']:,} bytes, and at most {most:,} are read. Whatever it is, it is none of what "
                f"is kept there: look at it, and remove it."
            )
        return Found(bytes(found.bytes()), meta["e_tag"] or f"{meta['last_modified'].isoformat()} {meta['size']}")

    def write(self, path: str, content: bytes) -> None:
        """Write an object as a whole: whoever reads it meanwhile sees the old one or the new one."""
        if self._folder:
            write_file(self._folder / path, content)
        else:
            _ = obstore.put(self._store, path, content)

    def create(self, path: str, content: bytes) -> Found | None:
        """Write an object where there is none; None where there is one. Of several writers one succeeds."""
        if self._folder:
            return self.read(path) if write_new(self._folder / path, content) else None
        return self._put(path, content, "create")

    def replace(self, path: str, before: Found, content: bytes) -> Found | None:
        """Write an object where it is still as it was read; None where it is not, or is gone. It is never made anew."""
        if not self._folder:
            return self._put(path, content, {"e_tag": before.tag})
        with _locked(self._folder / _LOCK):
            found = self.read(path)
            if found is None or found.content != before.content:
                return None
            write_file(self._folder / path, content)
            return self.read(path)

    def age(self, path: str) -> dt.timedelta:
        """Tell how long ago an object was written, by the storage's own time, whatever clocks its users have.

        Raises:
            FileNotFoundError: there is none.
        """
        mark = f".fleet/claims/.clock/{uuid.uuid4().hex}"  # a folder that whoever takes a lease may write to
        self.write(mark, b"")
        try:
            now = obstore.head(self._store, mark)["last_modified"]
        finally:
            self.remove(mark)
        return now - obstore.head(self._store, path)["last_modified"]

    def _put(self, path: str, content: bytes, mode: Any) -> Found | None:  # noqa: ANN401 - obstore's own type is private
        try:
            written = obstore.put(self._store, path, content, mode=mode)
        except (FileNotFoundError, obstore.exceptions.AlreadyExistsError, obstore.exceptions.PreconditionError):
            return None
        return Found(content, written["e_tag"] or "")

    def remove(self, path: str) -> None:
        """Remove an object, where it is there."""
        try:
            obstore.delete(self._store, path)
        except FileNotFoundError:
            return


StorageError = (BaseError, OSError)
"""What reading and writing may raise."""


def error_text(problem: Exception) -> str:
    """Give a storage's own words, without what only its authors understand."""
    return " ".join(str(problem).partition("Debug source:")[0].split())


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Hold a file's lock, which ends with its holder whatever ends that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def folder_of(url: str) -> Path | None:
    """Give the folder of an address; None for a bucket."""
    parts = urlsplit(url)
    return Path(f"{parts.netloc}{parts.path}").expanduser().resolve() if parts.scheme == "file" else None


def _opened(url: str) -> ObjectStore:
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    folder = parts.path.strip("/") or None
    match parts.scheme:
        case "file":
            return LocalStore(folder_of(url), mkdir=True)
        case "s3":
            return _s3(parts.netloc, folder, options)
        case "gs":
            return GCSStore(parts.netloc, prefix=folder)
        case "azblob":
            account: dict[str, Any] = {"account_name": name} if (name := options.get("storage_account")) else {}
            return AzureStore(parts.netloc, prefix=folder, **account)
        case _:
            raise SettingsError(
                f"invalid address {url!r}. Expected that of a folder or bucket, which begins with file://, s3://, "
                f"gs:// or azblob://, for example s3://your-state-bucket.",
                code="invalid-address",
            )


def _s3(bucket: str, folder: str | None, options: dict[str, str]) -> S3Store:
    session = boto3.Session(profile_name=options.get("profile"), region_name=options.get("region"))
    endpoint = s3_endpoint(options)
    settings: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
    return S3Store(
        bucket,
        prefix=folder,
        credential_provider=Boto3CredentialProvider(session),
        virtual_hosted_style_request=not endpoint,
        client_options={"allow_http": bool(endpoint and endpoint.startswith("http://"))},
        **settings,
    )
