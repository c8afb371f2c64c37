"""IAM's real actions, and what a pattern with wildcards means among them.

The list beside this module is AWS's own, as cfn-lint brings it (source: AWS policy generator; make reference). It is
read when somebody asks: an action that is allowed by its name needs none.
"""

import fnmatch
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

_LIST: Final = Path(__file__).with_name("actions.txt")


def has_wildcards(pattern: str) -> bool:
    """Whether a pattern may stand for more than what is written."""
    return "*" in pattern or "?" in pattern


def meant_by(pattern: str) -> list[str]:
    """List the real actions that a pattern stands for, in small letters: none where it stands for nothing."""
    wanted = pattern.lower()
    service, _, _ = wanted.partition(":")
    names = [service] if service in _services() else [] if not has_wildcards(service) else list(_services())
    # As a translated glob, which takes linear time whatever the pattern; a bracket means itself to IAM.
    fits = re.compile(fnmatch.translate(wanted.replace("[", "[[]"))).match
    return [action for name in names for action in _of(name) if fits(action)]


def is_real(action: str) -> bool:
    """Whether AWS knew an action, in any case of its letters, when the list was made."""
    return action.lower() in meant_by(action) and not has_wildcards(action)


def _of(service: str) -> Iterator[str]:
    return (f"{service}:{action}" for action in _services()[service].split())


@cache
def _services() -> Mapping[str, str]:
    return {
        service: actions for line in _LIST.read_text().splitlines() for service, _, actions in [line.partition(" ")]
    }
