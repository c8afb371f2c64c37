"""Lets moto forget what is gone, wait for nothing, and reach nobody: a sandbox runs for days, and for many at once.

What AWS would send somewhere, and what moto would ask of others, ends here: no call to a host, no name that is looked
up, no program that is started. Python tells of each such thing before it is done (source: Python Library Reference,
"Audit events table"), whichever library does it.
"""

import ctypes
import sys
from contextlib import suppress
from typing import Any, Final

from moto.core.common_models import BaseModel
from moto.sns.models import Subscription
from moto.sqs.models import SQSBackend

_M_MMAP_THRESHOLD: Final = -3
_LARGE_BYTES: Final = 1024 * 1024


def let_moto_forget() -> None:
    """Stop moto from holding on to every object that it ever made.

    It keeps them for a page that lists all of them, which nobody asks a sandbox for; here that is all stacks,
    objects and log groups of the past.
    """
    BaseModel.__new__ = _unlisted


def _unlisted(cls: type[BaseModel], *_: object, **__: object) -> BaseModel:
    return object.__new__(cls)


def give_memory_back() -> None:
    """Have the C library keep large blocks apart, so that what a large body took is free again when it is answered.

    glibc would learn from the first one to keep such blocks for itself (source: mallopt(3), M_MMAP_THRESHOLD).
    """
    with suppress(AttributeError, OSError):  # other C libraries have no such thing
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def let_moto_wait_for_nothing() -> None:
    """Have a queue that is empty say so at once: whoever waits for a message would have all accounts wait."""
    receive = SQSBackend.receive_message

    def at_once(backend: SQSBackend, queue_name: str, count: int, _seconds: int, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - moto's
        return receive(backend, queue_name, count, 0, *more, **named)

    setattr(SQSBackend, "receive_message", at_once)  # noqa: B010 - as moto's own, by another name


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
