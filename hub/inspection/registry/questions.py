"""Asks model registries for many packages at once, and notices soon that one does not answer."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from shared.aws.arn import Arn
from shared.aws.session import Session, error_text

PackageArn = str
Answers = Mapping[PackageArn, Mapping[str, Any] | Exception]
"""What was answered for each package: its description, or why there is none."""
Asked = Callable[[], Answers]
"""Waits for the answers."""

_WIDTH: Final = 16
"""Questions to a registry at a time."""
_FIRST: Final = 2.5
"""Seconds until a registry that has not answered anything counts as one that cannot be reached; a person hears of it
within three. They run from the last step of our own, signing in or sending: on a busy machine those take their time."""
_NEXT: Final = 30.0
"""Seconds that it may then take from one answer to the next; when it throttles, clients wait up to 20."""


class SilentError(Exception):
    """A registry did not answer in time."""


def ask(packages: Iterable[PackageArn], session_of: Callable[[str], Session], *, first: float = _FIRST) -> Answers:
    """Ask for packages, and wait for the answers; the same as `begin_to_ask`."""
    return begin_to_ask(packages, session_of, first=first)()


def begin_to_ask(
    packages: Iterable[PackageArn], session_of: Callable[[str], Session], *, first: float = _FIRST
) -> Asked:
    """Ask for packages, in all their registries side by side, and give what waits for the answers.

    Args:
        packages: Their ARNs, which say in which account and region each is registered.
        session_of: Gives a session that may read the registry of an account.
        first: Seconds until the first answer of each registry, from when it was asked.
    """
    by_registry: dict[tuple[str, str], list[PackageArn]] = {}
    for package in dict.fromkeys(packages):
        arn = Arn.parse(package)
        by_registry.setdefault((arn.account, arn.region), []).append(package)
    asked = [_Registry(*key, wanted, session_of) for key, wanted in by_registry.items()]
    return lambda: {package: answer for registry in asked for package, answer in registry.answers(first).items()}


class _Registry:
    """A registry that is being asked."""

    def __init__(
        self, account: str, region: str, packages: list[PackageArn], session_of: Callable[[str], Session]
    ) -> None:
        self._place = (account, region)
        self._packages = packages
        self._session_of = session_of
        self._todo = queue.SimpleQueue[PackageArn]()
        self._done = queue.SimpleQueue[tuple[PackageArn, Mapping[str, Any] | Exception]]()
        self._signing_in = threading.Lock()
        self._client: Any = None
        self._refusal: Exception | None = None
        self._retried = ""
        self._last_step = time.monotonic()
        self._sent = False
        for package in packages:
            self._todo.put(package)
        for _ in range(min(_WIDTH, len(packages))):
            # A daemon, so that one that still waits for an answer does not keep the program from its end.
            threading.Thread(target=self._work, daemon=True).start()

    def answers(self, first: float) -> Answers:
        """Wait for the answers; gives up where none comes within the seconds, or none after the last."""
        found: dict[PackageArn, Mapping[str, Any] | Exception] = {}
        until = self._last_step + first
        while len(found) < len(self._packages):
            try:
                package, answer = self._done.get(timeout=max(until - time.monotonic(), 0.0))
            except queue.Empty:
                if not found and self._last_step + first > until:
                    until = self._last_step + first
                    continue
                silent = SilentError(f"it does not answer{self._retried and f' ({self._retried})'}")
                return {package: found.get(package, silent) for package in self._packages}
            found[package] = answer
            until = time.monotonic() + _NEXT
        return found

    def _work(self) -> None:
        while True:
            try:
                package = self._todo.get_nowait()
            except queue.Empty:
                return
            try:
                # Without the content of a model card, which may take the right to decrypt it.
                answer = self._signed_in().describe_model_package(ModelPackageName=package, IncludedData="MetadataOnly")
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is the answer: nobody else hears a thread
                answer = problem
            self._done.put((package, answer))

    def _signed_in(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        account, region = self._place
        with self._signing_in:
            if self._refusal:
                raise self._refusal
            if self._client is None:
                try:
                    session = self._session_of(account)
                    self._last_step = time.monotonic()
                    self._client = session.client("sagemaker", region)
                except Exception as problem:
                    self._refusal = problem
                    raise
                self._client.meta.events.register("needs-retry.sagemaker", self._note)
                self._client.meta.events.register_first("before-send.sagemaker", self._sending)
                self._last_step = time.monotonic()
        return self._client

    def _sending(self, **_: object) -> None:
        """Start the clock at the first question only: what is sent again was not answered."""
        if not self._sent:
            self._sent = True
            self._last_step = time.monotonic()

    def _note(self, caught_exception: Exception | None = None, **_: object) -> None:
        """Keep why a question is asked once more, for whoever loses patience before the last time."""
        if caught_exception is not None:
            self._retried = error_text(caught_exception)
