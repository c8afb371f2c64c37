"""A new launch waits until AWS knows its role."""

import asyncio
import datetime as dt
from email.utils import format_datetime
from typing import Any

import pytest

from spoke.resources.new_roles import KNOWN_AFTER, until_known

MADE = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


class Iam:
    """IAM's answers about one role, while time passes as one sleeps."""

    def __init__(self, age: float) -> None:
        self.age = age
        self.slept: list[float] = []
        self.asked = 0

    def ask(self) -> dict[str, Any]:
        """Give the role, and the time."""
        self.asked += 1
        now = format_datetime(MADE + dt.timedelta(seconds=self.age), usegmt=True)
        return {"Role": {"CreateDate": MADE}, "ResponseMetadata": {"HTTPHeaders": {"date": now}}}

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.age += seconds


@pytest.mark.parametrize("age", [KNOWN_AFTER, 3600.0])
def test_a_role_of_some_age_keeps_nobody_waiting(age: float) -> None:
    iam = Iam(age)
    asyncio.run(until_known(iam.ask, "launch", sleep=iam.sleep))

    assert ([], 1) == (iam.slept, iam.asked)


@pytest.mark.parametrize("age", [-3.0, 0.0, 9.0, 14.9])
def test_a_new_role_is_waited_for_until_it_is_known(age: float) -> None:
    iam = Iam(age)
    asyncio.run(until_known(iam.ask, "launch", sleep=iam.sleep))

    assert KNOWN_AFTER - 1 <= iam.age <= KNOWN_AFTER + 1


def test_who_may_not_ask_does_not_wait() -> None:
    iam = Iam(0)
    asyncio.run(until_known(dict, "launch", sleep=iam.sleep))

    assert [] == iam.slept
