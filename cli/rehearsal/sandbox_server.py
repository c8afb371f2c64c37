"""Runs the sandbox in the foreground with an empty backend, and tells other terminals where it is."""

import re
import shutil
import socket
import sys
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil

from cli.errors import NotReachedError
from cli.exit_codes import ExitCode
from cli.rehearsal import starting
from cli.rehearsal.plugin import confirm_plugin
from sandbox.__main__ import main as sandbox
from sandbox.environment import REGION, exports
from shared.errors import ConfigError

FOLDER: Final = Path(".sandbox")
ADDRESS: Final = FOLDER / starting.ADDRESS
_LOOPBACK: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 2


def serve(port: int, answers: Path | None = None, iam_seconds: float = 10.0) -> int:
    """Empty the backend, since what it describes ended with the last sandbox, and serve until it is stopped."""
    if _is_free(port):
        shutil.rmtree(FOLDER / "backend", ignore_errors=True)
    said = ["--answers", str(answers)] if answers else []
    said += ["--iam-seconds", str(iam_seconds)]
    sys.argv = ["sandbox", "serve", "--port", str(port), "--ready-file", str(ADDRESS), *said]
    try:
        code = sandbox()
    finally:
        if port == 0 or _is_free(port):  # not that of another one, which has the port that we were refused
            ADDRESS.unlink(missing_ok=True)
    return ExitCode.NOT_REACHED if code else ExitCode.DONE


def print_exports(account: str, port: int | None, plugin: str | None = None) -> int:
    """Print the environment that points a shell at a sandbox and its state: at the one of this folder, or at a port.

    Raises:
        NotReachedError: none runs here, or at the port, or several do; or the plug-in that is asked for is not
            installed.
        ConfigError: the sandbox has no such account.
    """
    told = confirm_plugin(plugin)
    known = dict(_sandboxes())
    url = f"http://{_LOOPBACK}:{port}" if port else _running(known)
    if port and not _listens(url):
        raise _unreachable(url, known, "--port")
    if account and not _has(url, account):
        raise ConfigError(
            f"invalid value {account[:100]!r}: the sandbox at {url} has no such account. Take one of its organization: "
            f"aws organizations list-accounts",
            code="sandbox-without-account",
            place="--account",
        )
    sys.stdout.write(exports(url, known.get(url, FOLDER), account or None, plugin))
    sys.stderr.write(f"plug-in: {told}\n")  # what goes to standard output is for the shell
    return ExitCode.DONE


def _running(running: Mapping[str, Path]) -> str:
    """Find the sandbox that shells are to be pointed at: the one that wrote its address here, or the only one here.

    Args:
        running: The folders of the sandboxes that run, by where they listen.

    Raises:
        NotReachedError: none runs here, or several do; it names those that run, wherever.
    """
    try:
        written = ADDRESS.read_text().strip()
    except (OSError, ValueError):
        written = ""
    own = FOLDER.absolute()
    if running.get(written, own) != own:
        written = ""  # it ended, and another folder's has its port now
    if written and _listens(written):
        return written
    here = [url for url, folder in running.items() if folder == own]
    if len(here) == 1:
        return here[0]
    if written:
        raise _unreachable(written[:100], running)
    raise NotReachedError(
        f"{'several sandboxes run' if here else 'no sandbox runs'} here. Start one in another terminal: model-catalog "
        f"sandbox serve (make sandbox).{_named(running)}",
        code="no-sandbox",
    )


def _unreachable(url: str, running: Mapping[str, Path], place: str = "") -> NotReachedError:
    return NotReachedError(
        f"no sandbox answers at {url}. Start one in another terminal: model-catalog sandbox serve (make sandbox)."
        f"{_named(running)}",
        code="sandbox-unreachable",
        place=place,
    )


def _named(running: Mapping[str, Path]) -> str:
    """Name the sandboxes that run; nothing where none does."""
    others = ", ".join(f"{url} (its state is in {folder})" for url, folder in running.items())
    return f" Running: {others}. To be pointed at one of them: --port (PORT=)." if others else ""


def _has(url: str, account: str) -> bool:
    """Ask a sandbox whether there is an account. Raises NotReachedError where it does not answer."""
    if not re.fullmatch(r"[0-9]{12}", account):
        return False
    signed = (
        f"AWS4-HMAC-SHA256 Credential={account}/20260101/{REGION}/sts/aws4_request, SignedHeaders=host, Signature=0"
    )
    asked = Request(url, b"Action=GetCallerIdentity&Version=2011-06-15", {"Authorization": signed})  # noqa: S310 - http
    try:
        urlopen(asked, timeout=_PATIENCE_SECONDS).close()  # noqa: S310 - likewise
    except HTTPError:
        return False  # in STS's words, InvalidClientTokenId
    except OSError:
        raise _unreachable(url, {}) from None
    return True


def _listens(url: str) -> bool:
    try:
        address = urllib.parse.urlsplit(url)
        socket.create_connection((address.hostname or "", address.port or 0), _PATIENCE_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True


def _sandboxes() -> Iterator[tuple[str, Path]]:
    """List the sandboxes of this user that listen, with the folders that their states are in."""
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if "serve" in words and words[: words.index("serve")][-1:] == ["sandbox"]:
                folder = _state_of(words, Path(process.cwd()))
                for each in process.net_connections("tcp"):
                    if each.status == psutil.CONN_LISTEN and each.laddr:
                        yield f"http://{each.laddr.ip}:{each.laddr.port}", folder
        except (psutil.Error, OSError):
            continue


def _state_of(words: Sequence[str], started_in: Path) -> Path:
    """Tell a sandbox's folder by its command line: a rehearsal's is where its address is, not where it was started."""
    written = next((after for option, after in pairwise(words) if option == "--ready-file"), "")
    return (started_in / written).parent if written else started_in / FOLDER


def _is_free(port: int) -> bool:
    """Say whether a port can be had; where another sandbox has it, the backend is that one's and stays."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True
