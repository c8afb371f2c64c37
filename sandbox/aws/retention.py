"""Lets moto forget what is gone: a sandbox that runs for days must not grow."""

from moto.core.common_models import BaseModel


def let_moto_forget() -> None:
    """Stop moto from holding on to every object that it ever made.

    It keeps them for a page that lists all of them, which nobody asks a sandbox for; here that is all stacks,
    objects and log groups of the past.
    """
    BaseModel.__new__ = _unlisted


def _unlisted(cls: type[BaseModel], *_: object, **__: object) -> BaseModel:
    return object.__new__(cls)
