"""Checks before anything is changed: one line each, and an end where one fails."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

import pulumi
from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.session import error_text
from shared.errors import PreflightError, UnreachableError


class CheckResult(Enum):
    """What a check found."""

    PASSED = auto()
    WARNING = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a preflight: what was looked at, and what is there, in words."""

    subject: str
    text: str
    verdict: CheckResult = CheckResult.PASSED


def warning(subject: str, text: str) -> Finding:
    """Word what a person should know, and that stops nothing."""
    return Finding(subject, text, CheckResult.WARNING)


def failed(subject: str, text: str) -> Finding:
    """Word what AWS would refuse."""
    return Finding(subject, text, CheckResult.FAILED)


Check = Callable[[], Iterable[Finding]]


def carry_out(checks: Iterable[Check]) -> list[Finding]:
    """Carry checks out, and give what they find; one that may not look says so."""
    return [finding for check in checks for finding in _carried_out(check)]


def run_checks(checks: Iterable[Check]) -> list[Finding]:
    """Carry checks out and report what they find.

    A check that may not look says so and stops nothing: the policies in docs/iam let every one of them look.

    Raises:
        PreflightError: names everything that failed.
    """
    findings = carry_out(checks)
    for finding in findings:
        match finding.verdict:
            case CheckResult.PASSED:
                pulumi.log.info(f"preflight: {finding.subject}: {finding.text}")
            case CheckResult.WARNING:
                pulumi.warn(f"preflight: {finding.subject}: {finding.text}")
            case CheckResult.FAILED:
                pass
    wrong = [f"{finding.subject}: {finding.text}" for finding in findings if finding.verdict is CheckResult.FAILED]
    if wrong:
        raise PreflightError(
            "\n".join([f"{len(wrong)} of {len(findings)} checks failed. Nothing was changed.", *wrong]),
            code="checks-failed",
        )
    return findings


def begun(checks: Iterable[Check], *, seconds: float | None = None) -> list[Check]:
    """Begin checks beside what follows, and give checks that wait for what they find, or say that it is late.

    Args:
        checks: What is to be asked.
        seconds: After which it is late; without, the checks given wait as long as it takes.
    """
    return [_begun(check, None if seconds is None else time.monotonic() + seconds) for check in checks]


def _begun(check: Check, end: float | None) -> Check:
    answers = queue.SimpleQueue[list[Finding] | Exception]()

    def ask() -> None:
        try:
            answers.put(list(_carried_out(check)))
        except Exception as problem:  # noqa: BLE001 - raised by whoever waits
            answers.put(problem)

    # A daemon, so that one that still waits does not keep the program from its end.
    threading.Thread(target=ask, daemon=True).start()

    def awaited() -> Iterator[Finding]:
        try:
            found = answers.get(timeout=None if end is None else max(0.0, end - time.monotonic()))
        except queue.Empty:
            yield warning(_subject(check), "not checked: no answer came in time. Ask again: model-catalog doctor")
            return
        if isinstance(found, Exception):
            raise found
        yield from found

    return awaited


def _subject(check: Check) -> str:
    return (check.__doc__ or check.__name__).partition(".")[0].lower()


def _carried_out(check: Check) -> Iterator[Finding]:
    try:
        yield from check()
    except ClientError as problem:
        yield warning(_subject(check), f"not checked: {error_text(problem)}")
    except (BotoCoreError, UnreachableError) as problem:
        yield warning("AWS", f"not checked: {error_text(problem)}")
