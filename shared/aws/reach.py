"""Whether that answers at all which is about to be asked: one cheap question, before clients wait for minutes.

It refuses what is silent, not what is slow: what has answered once in a run is not asked again, and calls take as long
as they take. It needs no AWS client, so that a program that only deploys does not have to load one.
"""

import base64
import http.client
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from shared import limits
from shared.aws.endpoints import named_endpoints

_PATIENCE: Final = "MODEL_CATALOG_PATIENCE"
"""The variable for those whose way to AWS is a slow one."""
_AGAIN_SECONDS: Final = 20
_ANSWERED: Final[set[str]] = set()
"""Hosts that have answered this process."""


def refuse_silent_endpoints(asked: str) -> None:
    """Refuse endpoints that somebody named, in variables or in the profile, and that do not answer.

    Args:
        asked: What they are about to be asked, for the message.

    Raises:
        UnreachableError: names the endpoint, what names it, and what would start it.
    """
    for endpoint in {each.url: each for each in named_endpoints()}.values():
        refuse_silence(endpoint.url, asked=f"{asked} (nothing was changed)")


def refuse_silence(url: str, *, asked: str, where: str = "", remedy: str = "") -> None:
    """Refuse an address that does not answer.

    Args:
        url: Of an endpoint, with or without a path.
        asked: What it is about to be asked, for the message.
        where: What names it; without it, the variable or the profile is looked for.
        remedy: What to do; without it, what helps with an endpoint of AWS.

    Raises:
        UnreachableError: names the address, what names it, and what would start it.
    """
    shown = without_secrets(url)
    if shown in _ANSWERED:
        return
    if problem := silence_of(url):
        from shared.errors import UnreachableError  # noqa: PLC0415 - it loads the engine's SDK, which takes its time

        raise UnreachableError(
            f"{shown} does not answer: {problem}. It was to be asked for {asked}. {remedy or _remedy(url)}",
            code="endpoint-silent",
            place=where or _namer(url) or "AWS",
        )
    _ANSWERED.add(shown)


def begin_asking() -> None:
    """Ask the endpoints that somebody named, while the program that needs them is still being loaded."""
    for endpoint in named_endpoints():
        _ = _question(endpoint.url)


def silence_of(url: str) -> str:
    """Say why an address does not answer within the time that anything alive takes; empty where it does.

    Whatever is answered will do: that nobody is allowed to ask like this, that there is no such page.
    """
    return _question(url).result()


class _Question:
    """An address that is being asked, by however many threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._seconds = _patience()
        self._answers = queue.SimpleQueue[str]()
        self._answer: str | None = None
        self._lock = threading.Lock()
        self.begun = time.monotonic()
        self._ask()

    def _ask(self) -> None:
        # A daemon, so that one that still waits does not keep the program from its end.
        work = threading.Thread(target=lambda: self._answers.put(_answer(self._url, self._seconds)), daemon=True)
        work.start()

    def result(self) -> str:
        """Wait for an answer; halfway a second question follows the first, since a packet may be lost."""
        with self._lock:
            if self._answer is None:
                self._answer = self._waited_for()
            return self._answer

    def _waited_for(self) -> str:
        for last, share in ((False, 0.5), (True, 1.0)):
            left = self.begun + self._seconds * share - time.monotonic()
            try:
                # Whoever was busy meanwhile, and kept the thread from its work, waits a little in any case.
                return self._answers.get(timeout=max(left, self._seconds / 4))
            except queue.Empty:
                if not last:
                    self._ask()
        return f"there was no answer within {self._seconds:g} seconds ({_PATIENCE}=10 waits for ten)"


_QUESTIONS: Final[dict[str, _Question]] = {}
"""By host. What does not answer is asked again after a while, and not by each of a thousand who want to know."""
_LOCK: Final = threading.Lock()


def _question(url: str) -> _Question:
    host = without_secrets(url)
    with _LOCK:
        found = _QUESTIONS.get(host)
        if found is None or time.monotonic() - found.begun > _AGAIN_SECONDS:
            found = _QUESTIONS[host] = _Question(url)
        return found


def without_secrets(url: str) -> str:
    """Give the scheme and the host of an address: what people may see of it."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else url


def is_loopback(url: str) -> bool:
    """Say whether an address is of this machine."""
    host = _split(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _patience() -> float:
    try:
        return max(float(os.environ.get(_PATIENCE, "")), limits.ANSWER_SECONDS)
    except ValueError:
        return limits.ANSWER_SECONDS


def _answer(url: str, seconds: float) -> str:
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "it is no address. Expected one such as https://sts.eu-central-1.amazonaws.com"
    try:
        connection = _connection(parts, seconds)
        connection.request("GET", parts.path or "/", headers={"User-Agent": "model-catalog", "Connection": "close"})
        answer = connection.getresponse()
        wants_tls = answer.status == http.client.BAD_REQUEST and b"http" in answer.read(1000).lower()
        connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return _in_words(problem)
    return "it speaks TLS, and is asked without: write https://" if wants_tls and parts.scheme == "http" else ""


def _connection(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    proxy = urlsplit(_proxy_for(parts))
    to, at = (proxy.hostname, proxy.port or 80) if proxy.hostname else (host, port)
    if not secure:
        return http.client.HTTPConnection(to, at, timeout=seconds)
    connection = http.client.HTTPSConnection(to, at, timeout=seconds, context=_trust())
    if proxy.hostname:
        user = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
        signed = {"Proxy-Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"} if proxy.username else {}
        connection.set_tunnel(host, port, signed)
    return connection


def _proxy_for(parts: SplitResult) -> str:
    """Give the proxy for a host. What is asked without TLS is near, and only a proxy's word for it would be known."""
    if parts.scheme == "http" or proxy_bypass(parts.netloc):
        return ""
    return getproxies().get(parts.scheme, "")


def _trust() -> ssl.SSLContext:
    """Trust what AWS's clients trust: what a variable names, or else the system and the bundle that botocore brings."""
    if named := os.environ.get("AWS_CA_BUNDLE"):
        return ssl.create_default_context(cafile=named)
    context = ssl.create_default_context()
    if (found := find_spec("botocore")) and found.origin:
        context.load_verify_locations(Path(found.origin).with_name("cacert.pem"))
    return context


def _in_words(problem: Exception) -> str:
    match problem:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({problem.verify_message}). AWS_CA_BUNDLE names one to trust"
        case ssl.SSLError():
            return f"it does not speak TLS ({problem.reason or 'no handshake'}). Is it http://?"
        case _:
            known = (text for kinds, text in _WORDS.items() if isinstance(problem, kinds))
            return next(known, " ".join(str(problem).split()))


_WORDS: Final[Mapping[tuple[type[Exception], ...], str]] = {
    (socket.gaierror,): "its name is not known",
    (ConnectionRefusedError,): "nothing listens there",
    (TimeoutError,): f"there was no answer in time ({_PATIENCE}=10 waits for ten seconds)",
    (http.client.HTTPException, ConnectionError): "it does not speak HTTP. Is it https://?",
}


def _namer(url: str) -> str:
    host = without_secrets(url)
    return next((each.named_by for each in named_endpoints() if without_secrets(each.url) == host), "")


def _remedy(url: str) -> str:
    named = _namer(url)
    if not named and not is_loopback(url):
        return (
            "Check the network, and HTTPS_PROXY where there is a proxy. To rehearse without AWS: model-catalog sandbox "
            "serve"
        )
    own = f"To work with AWS itself, remove {named}." if named else ""
    if not is_loopback(url):
        return f'Correct {named}. {own} The sandbox that runs here: eval "$(model-catalog sandbox env)"'
    port = _split(url).port
    start = f"model-catalog sandbox serve --port {port}" if port else "model-catalog sandbox serve"
    return (
        f'Start a sandbox there: {start}. Or name the one that runs: eval "$(model-catalog sandbox env)". {own}'.strip()
    )
