"""The table of all refusals, docs/refusals.md, from tests/support/refusals.yaml.

`python -m tests.support.refusals` writes the document; tests/docs/test_refusals.py checks each line.
"""

import sys
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from tests.support.pages import keep

HERE: Final = Path(__file__).parent
DOCUMENT: Final = HERE.parent.parent / "docs" / "refusals.md"
_HEAD: Final = """\
# What AWS would refuse, and who refuses it first

Made from the tests: `make reference` writes this page from `tests/support/refusals.yaml`, and
`tests/docs/test_refusals.py` checks that each error is one that the operation has in AWS's own model (those that the
model leaves out stand in brackets), and that each test is there.

A preview asks AWS and changes nothing. "Settings" and "catalog" mean that a file is refused before AWS is asked at all;
"preflight" means that a preview looks into the accounts; "hook" means that the engine's step is refused before it is
sent. What only AWS can find fails in the run, and [the runbook](operations/recovering.md) says how to go on.
"""


class Refusal(BaseModel):
    """One way in which AWS refuses.

    Attributes:
        operation: The service and the operation, as in botocore.
        code: The error that AWS answers with.
        cause: What a person did.
        first: Who refuses it before AWS does; nobody, where only AWS can find it.
        test: Where that is shown, as `file: test`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str
    code: str
    cause: str
    first: str = ""
    test: str = ""


def sections() -> dict[str, list[Refusal]]:
    """Read the table."""
    content: object = yaml.safe_load((HERE / "refusals.yaml").read_text())
    return TypeAdapter(dict[str, list[Refusal]]).validate_python(content)


def render() -> str:
    """Write the document."""
    lines = [_HEAD]
    for title, refusals in sections().items():
        lines += [
            f"## {title}\n",
            "| operation | error | because of | refused first by | shown by |",
            "| --- " * 5 + "|",
        ]
        lines += [f"| {' | '.join(_cells(each))} |" for each in refusals]
        lines.append("")
    return "\n".join(lines)


def _cells(refusal: Refusal) -> list[str]:
    shown = f"`{refusal.test}`" if refusal.test else ""
    first = refusal.first or "**only AWS can find it**"
    return [refusal.operation, refusal.code, refusal.cause, first, shown]


if __name__ == "__main__":
    keep(DOCUMENT, render(), check="--check" in sys.argv)
