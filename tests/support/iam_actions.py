"""Writes the list of IAM's actions, from the copy of AWS's own list that cfn-lint brings: `make reference`."""

import json
import sys
from importlib.resources import files
from typing import Final

from tests.support.paths import ROOT

LIST: Final = ROOT / "shared" / "aws" / "actions.txt"


def text() -> str:
    """Write a line for each service: its prefix, then its actions, all in small letters."""
    known = json.loads((files("cfnlint.data") / "AdditionalSpecs" / "Policies.json").read_text())
    return "".join(f"{' '.join([service, *sorted(known[service]['Actions'])])}\n" for service in sorted(known))


if __name__ == "__main__":
    if "--check" not in sys.argv:
        LIST.write_text(text())
    elif LIST.read_text() != text():
        sys.exit(f"error: {LIST.relative_to(ROOT)} is not what cfn-lint knows. Write it anew: make reference")
