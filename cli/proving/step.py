"""What a step of a proof is, and what it works with."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cli.proving.parties import Parties
from cli.proving.record import Fact, Measure, Observation, Record, StepRecord
from cli.proving.stage import Stage


@dataclass(slots=True)
class Proof:
    """A run, as its steps see it.

    Attributes:
        parties: The accounts.
        record: What is written down.
        stage: Where stacks run.
        tests: Which of the sandbox's tests are run: an expression for pytest's -k, empty for all.
        unit: The id of the unit that the spoke is in.
        iam_seconds: So long the tests let a new role get known.
    """

    parties: Parties
    record: Record
    stage: Stage
    tests: str = ""
    unit: str = ""
    iam_seconds: float = 15
    _step: StepRecord | None = field(default=None, repr=False)

    @property
    def mark(self) -> str:
        """In the name of whatever the run makes."""
        return self.record.mark

    def begin(self, step: StepRecord) -> None:
        """Let what is seen from now on be a step's."""
        self._step = step
        self.record.steps.append(step)

    def fact(self, name: str, value: Fact) -> None:
        """Write down what AWS did: told the same in each run, without ids and times."""
        self._current.facts.append(Observation(name=name, value=value))

    def measure(  # noqa: D417 - the others are those of Measure
        self,
        name: str,
        seconds: list[float],
        *,
        sandbox: float | None = None,
        relied_on: float | None = None,
        by: str = "",
    ) -> None:
        """Write down how long something took.

        Args:
            name: What.
            seconds: Each time.
        """
        rounded = [round(each, 1) for each in seconds]
        self._current.measures.append(Measure(name=name, seconds=rounded, sandbox=sandbox, relied_on=relied_on, by=by))

    def note(self, text: str) -> None:
        """Write down what only a person can use."""
        self._current.notes.append(self.without_ids(text))

    def without_ids(self, text: str) -> str:
        """Leave out of a text what differs in each run."""
        for part, account in self.record.accounts.items():
            text = text.replace(account, f"<{part}>")
        return text.replace(self.mark, "<mark>")

    def client(self, part: str, service: str, *, patient: bool = True) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Give a client of an account's administrator."""
        return self.parties.client(part, service, patient=patient)

    @property
    def _current(self) -> StepRecord:
        if self._step is None:
            raise RuntimeError("no step has begun")
        return self._step


class Step(ABC):
    """A step.

    Attributes:
        name: Short, for tables.
        what: What it does, in a sentence.
        undo: How that is taken back.
    """

    name: ClassVar[str]
    what: ClassVar[str]
    undo: ClassVar[str]

    @abstractmethod
    def run(self, proof: Proof) -> None:
        """Do it.

        Raises:
            RehearsalError: it did not come to what it has to.
            ClientError: AWS refuses.
        """
