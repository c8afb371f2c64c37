"""Commands that had names of their own in this folder, and are verbs of `model-catalog` now."""

import runpy
import sys
from typing import Final

_STACK: Final = "--stack"


def run(noun: str, verb: str) -> None:
    """Run a verb in the place of the command that was typed, and say what it is called now.

    `--stack NAME` has become an argument; everything else is written as it was.
    """
    given = [each.removeprefix(f"{_STACK}=") for each in sys.argv[1:] if each != _STACK]
    stream = sys.stdout if "--help" in given else sys.stderr
    stream.write(f"tools.{verb} {_STACK} STACK is now: model-catalog {' '.join([noun, verb, *given])}\n")
    stream.flush()
    sys.argv[1:] = [noun, verb, *given]
    runpy.run_module("cli", run_name="__main__", alter_sys=True)
