"""Every message that refuses something, by its code: `python -m tests.support.messages` writes tests/messages.yaml.

The words stand where the error is raised. Here they are side by side, so that somebody can read them in one go.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from tests.support.paths import ROOT

FILE: Final = ROOT / "tests" / "messages.yaml"
FOLDERS: Final = ("hub", "spoke", "organization", "shared", "fleet", "pages", "cli", "policy")


def messages() -> dict[str, list[str]]:
    """Give the messages of each code, with what they say of a case in braces."""
    found: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for module in sorted((ROOT / folder).rglob("*.py")):
            for code, text in _raised(module):
                found.setdefault(code, set()).add(text)
    return {code: sorted(found[code]) for code in sorted(found)}


def _raised(module: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(module.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        codes = [each.value for each in node.keywords if each.arg == "code"]
        for code in codes:
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value, _text(node.args[0])


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) for part in parts)
        case ast.Call(func=ast.Attribute(value=text, attr="rstrip")):
            return _text(text)
        case ast.FormattedValue(value=value):
            return f"{{{ast.unparse(value)}}}"
        case _:
            return f"{{{ast.unparse(node)}}}"


def written() -> str:
    """Write the file."""
    head = "# Made by `python -m tests.support.messages` from the code: what is said of every mistake, by its code.\n"
    return head + yaml.safe_dump(messages(), allow_unicode=True, width=110, sort_keys=True)


if __name__ == "__main__":
    FILE.write_text(written())
