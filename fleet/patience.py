"""Tries again, later and later, what AWS or another run keeps from being done, until somebody stops the fleet."""

import re
from typing import Final

from tenacity import (
    Retrying,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_random_exponential,
)
from tenacity.retry import retry_base

from fleet.engine import STOPPING

_THROTTLED: Final = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|Rate exceeded|SlowDown")
_TRIES: Final = 6
_LONGEST_PAUSE: Final = 60
"""Seconds."""


def is_throttled(text: str) -> bool:
    """Say whether AWS had asked to be called less often."""
    return bool(_THROTTLED.search(text))


def patiently(worth: retry_base) -> Retrying:
    """Give what calls a function again while that is worth it, and ends with what the last call came to."""
    return Retrying(
        retry=worth,
        wait=wait_random_exponential(multiplier=1, max=_LONGEST_PAUSE),
        stop=stop_after_attempt(_TRIES) | stop_when_event_set(STOPPING),
        sleep=sleep_using_event(STOPPING),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
