"""Lets moto forget what is gone, and wait for nothing: a sandbox runs for days, and for many at once."""

import ctypes
from contextlib import suppress
from typing import Any, Final

from moto.core.common_models import BaseModel
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
