"""Nothing leaves the sandbox: no call to a host, no name that is looked up, no program that is started.

What AWS would send somewhere, and what moto would ask of others, ends here. Python tells of each such thing before it
is done (source: Python Library Reference, "Audit events table"), whichever library does it.
"""

import sys
from typing import Any, Final

from moto.sns.models import Subscription

_FORBIDDEN: Final = frozenset(
    (
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyaddr", "socket.gethostbyname", "socket.sendmsg"),
        *("socket.sendto", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"),
        *("pty.spawn", "subprocess.Popen"),
    )
)


class CallsOutError(ConnectionRefusedError):
    """Something wanted to leave."""


def forbid_calls_out() -> None:
    """From now on, and for good, let nothing of this process leave it."""
    _keep_notifications()
    sys.addaudithook(_refuse)


def called_out(error: BaseException | None) -> bool:
    """Whether an error comes of something that wanted to leave."""
    while error is not None:
        if isinstance(error, CallsOutError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise CallsOutError(f"the sandbox reaches nothing outside of itself ({event})")


def _keep_notifications() -> None:
    """Have SNS tell queues alone; that something was published is kept all the same."""
    publish = Subscription.publish

    def kept(subscription: Subscription, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - moto's
        if subscription.protocol == "sqs":
            publish(subscription, *arguments, **options)

    setattr(Subscription, "publish", kept)  # noqa: B010 - assigned, its type would have to be moto's word for word
