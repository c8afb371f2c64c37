"""Faults on demand: what AWS does to a client on a bad day, reproducibly."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.evaluation import like
from sandbox.aws.inputs import checked, read
from sandbox.clock import Clock

_Positive = Annotated[float, Field(gt=0)]


class Fault(BaseModel):
    """Which calls it hits, and what happens to them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str = Field(description="as IAM writes it, with wildcards: servicecatalog:Create*")
    account: str = "*"
    calls: tuple[int, ...] = Field(default=(), description="only the n-th matching calls; 1 is the first")
    rate: Annotated[float, Field(gt=0, le=1)] = Field(default=1, description="share of the matching calls")

    error: str | None = Field(default=None, description="refuse with this code, before anything is done")
    status: int = 400
    message: str = "injected by the sandbox"
    delay: _Positive | None = Field(default=None, description="real seconds to wait before the call")
    drop: bool = Field(default=False, description="do the work, then close the connection without an answer")
    hold: _Positive | None = Field(default=None, description="virtual seconds by which all it sets off comes later")
    fail: str | None = Field(default=None, description="the launch, update or termination fails, for this reason")

    @model_validator(mode="after")
    def does_something(self) -> "Fault":
        if not (self.error or self.delay or self.drop or self.hold or self.fail):
            raise ValueError("give at least one of error, delay, drop, hold and fail")
        return self


class Dropped(ConnectionError):  # noqa: N818 - what becomes of the connection
    """The client gets no answer; the server closes the connection."""


class Faults:
    """The faults in force, and how often each has matched."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.active: tuple[Fault, ...] = ()
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - it is to be foreseen
        self._matched: list[int] = []

    def replace(self, faults: object, source: str) -> None:
        """Put other faults in force and begin to count anew.

        Raises:
            InputError: the list is wrong; the first fault is named.
        """
        self.active = checked(tuple[Fault, ...], faults, source)
        self._matched = [0] * len(self.active)

    def read(self, path: Path) -> None:
        """Put a YAML file's faults in force."""
        self.replace(read(path), str(path))

    def hitting(self, action: str, account: str) -> Sequence[Fault]:
        """The faults that hit this call; asking counts as a call."""
        hits: list[Fault] = []
        for number, fault in enumerate(self.active):
            if not (like(fault.operation, action) and like(fault.account, account)):
                continue
            self._matched[number] += 1
            chosen = not fault.calls or self._matched[number] in fault.calls
            if chosen and (fault.rate == 1 or self._random.random() < fault.rate):
                hits.append(fault)
        return hits

    def wait(self, faults: Sequence[Fault]) -> None:
        """Keep the client waiting, in real time."""
        if delay := sum(fault.delay or 0 for fault in faults):
            time.sleep(delay)

    def before(self, faults: Sequence[Fault]) -> None:
        """Refuse the call, or mark what it will set off."""
        for fault in faults:
            if fault.error:
                raise ApiError(fault.error, fault.message, fault.status)
        self._clock.hold = sum(fault.hold or 0 for fault in faults)
        self._clock.injected_failure = next((fault.fail for fault in faults if fault.fail), None)

    def after(self, faults: Sequence[Fault]) -> None:
        """Drop the connection if a fault says so."""
        self._clock.hold, self._clock.injected_failure = 0, None
        if any(fault.drop for fault in faults):
            raise Dropped
