"""The lines of a doctor's report, and how checks come to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.aws.preflight import Check, CheckResult, Finding, carry_out, failed

STATES: Final[Mapping[CheckResult, str]] = {
    CheckResult.PASSED: "there",
    CheckResult.WARNING: "look",
    CheckResult.FAILED: "missing",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where, and what was found there. What is missing says what to do."""

    where: str
    finding: Finding

    @property
    def state(self) -> str:
        """Say it in one word."""
        return STATES[self.finding.verdict]

    @property
    def is_missing(self) -> bool:
        """Whether something would not work."""
        return self.finding.verdict is CheckResult.FAILED

    def document(self) -> dict[str, str]:
        """Give it as plain data."""
        return {"where": self.where, "what": self.finding.subject, "state": self.state, "text": self.finding.text}


def lines_of(where: str, checks: Iterable[Check]) -> list[Line]:
    """Carry checks out. One that may not look says so, and stops nothing."""
    return [Line(where, finding) for finding in carry_out(checks)]


def missing(where: str, subject: str, problem: Exception) -> Line:
    """Word what an error of ours says is missing."""
    return Line(where, failed(subject, str(problem)))


def summary(lines: Sequence[Line]) -> str:
    """Count them."""
    gone = sum(line.is_missing for line in lines)
    doubtful = sum(line.finding.verdict is CheckResult.WARNING for line in lines)
    more = f", {doubtful} to look at" if doubtful else ""
    return f"{gone or 'nothing'} missing{more}; {len(lines)} lines"
