"""Whether the credentials at hand outlast a spoke's run.

A run whose credentials end in the middle can write neither its state nor its lease, so a spoke is not begun that would
not come to its end with them, and once they have ended no other one is.
"""

import datetime as dt
import threading
import time
from dataclasses import replace
from typing import Final

from fleet.errors import FleetError
from fleet.run.tasks import Outcome, RunStatus
from shared.aws.lifetime import expired_reason, lifetime, means_expired

_LEAST_SECONDS: Final = 300
"""What is left of credentials for any spoke, however fast its last run was."""
_ASK_AGAIN_SECONDS: Final = 15
_REMEDY: Final = "Renew them, and run it again: what is done is not run again (docs/operations/rolling-out.md)"

_LOCK: Final = threading.Lock()
_ASKED: Final[dict[str, float]] = {}
"""When AWS last took the credentials, by region."""


class CredentialsError(FleetError):
    """The credentials at hand have ended, or are about to."""


def refuse_ending(took: float, region: str) -> None:
    """Refuse to begin what the credentials at hand may not outlast.

    Args:
        took: Seconds of the last run.
        region: Where AWS is asked whether it takes them, at most every few seconds.

    Raises:
        CredentialsError: says when they end, and what to do.
    """
    found, now = lifetime(), dt.datetime.now(dt.UTC)
    needed, left = dt.timedelta(seconds=max(_LEAST_SECONDS, 2 * took)), found.left(now)
    if left is not None and left < needed:
        raise CredentialsError(
            f"the credentials at hand are too short-lived ({found.words(now)}), and a spoke may take "
            f"{needed.total_seconds() / 60:.0f}. {_REMEDY}",
            code="credentials-ending",
        )
    if found.is_temporary and (reason := _refused(region)):
        raise CredentialsError(
            f"the credentials at hand have ended. {_REMEDY}. AWS says: {reason}", code="credentials-ended"
        )


def blamed(outcome: Outcome, region: str) -> Outcome:
    """Say of a spoke that failed because its credentials ended that no other one shall begin with them."""
    if outcome.status is not RunStatus.FAILED or not lifetime().is_temporary:
        return outcome
    if not means_expired(outcome.reason) and not expired_reason(region):
        return outcome
    stops = f"the credentials at hand ended while {outcome.stack} ran. {_REMEDY}"
    return replace(outcome, stops=stops, notes=(*outcome.notes, "the credentials ended while it ran"))


def _refused(region: str) -> str:
    with _LOCK:
        if time.monotonic() - _ASKED.get(region, float("-inf")) < _ASK_AGAIN_SECONDS:
            return ""
        reason = expired_reason(region)
        if not reason:
            _ASKED[region] = time.monotonic()
        return reason
