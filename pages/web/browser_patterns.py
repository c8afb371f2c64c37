r"""Writes a template's AllowedPattern, which is Java's, as one that every browser understands alike.

What the two languages say differently is left to the preview: a pattern that may mean something else in the browser
would refuse good values, or seem to have let bad ones through.
"""

import re
from typing import Final

_REPEATED: Final = r"[*+?]|\{[0-9]+(?:,[0-9]*)?\}"
_ATOM: Final = re.compile(
    r"""(?P<space>\\s)
    | \\[dwDW] | \\[tnrf] | \\x[0-9A-Fa-f]{2} | \\u[0-9A-Fa-f]{4}
    | \\(?P<sign>[^A-Za-z0-9])
    | (?P<class>\[\^?(?:\\.|&(?!&)|[^\]\[\\&])+\])
    | \((?:\?[:=!])? | \) | \|
    | \^ | \$ | \.
    | (?P<plain>[^\\\[\](){}|^$.*+?])""",
    re.VERBOSE,
)
_QUANTIFIER: Final = re.compile(rf"(?:{_REPEATED})\??(?![*+?])")
_IN_CLASS: Final = re.compile(r"\\s|\\[dwDWtnrf]|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\(?P<sign>[^A-Za-z0-9])|[^\\]")
_SPACE: Final = r"\s"
_MANY: Final = {_SPACE, r"\d", r"\w", r"\D", r"\W"}
_SPACES: Final = r" \t\n\x0B\f\r"
_SIGNS: Final = "^$\\.*+?()[]{}|/"
"""What may stand behind a backslash in a browser's pattern."""


def browser_pattern(pattern: str) -> str | None:
    """Give the pattern as a browser takes it with the flag `u`; None where it may mean something else there."""
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        atom = _ATOM.match(pattern, place)
        if atom is None:
            return None
        written = _atom(atom)
        if written is None:
            return None
        parts.append(written)
        place = atom.end()
        if quantifier := _QUANTIFIER.match(pattern, place):
            if atom[0][0] in "(|^$":
                return None
            parts.append(quantifier[0])
            place = quantifier.end()
    return "".join(parts)


def _atom(atom: re.Match[str]) -> str | None:
    text = atom[0]
    if atom["space"]:
        return f"[{_SPACES}]"
    if atom["sign"]:
        return _sign(atom["sign"])
    if atom["class"]:
        return _class(text)
    # Java's point stops at further ends of lines, and so does its dollar: neither is in the browser's.
    return r"[^\n\r\x85\u2028\u2029]" if text == "." else text


def _class(text: str) -> str | None:
    head = "[^" if text.startswith("[^") else "["
    parts: list[str] = []
    inside = text[len(head) : -1]
    place = 0
    while place < len(inside):
        found = _IN_CLASS.match(inside, place)
        if found is None:
            return None
        parts.append(_sign(found["sign"], also="-") if found["sign"] else found[0])
        place = found.end()
    for index, part in enumerate(parts):
        # Between two characters it makes a range; beside a class of its own a browser takes it only as itself.
        if part == "-" and (index in (0, len(parts) - 1) or _MANY & {parts[index - 1], parts[index + 1]}):
            parts[index] = r"\-"
    return f"{head}{''.join(_SPACES if part == _SPACE else part for part in parts)}]"


def _sign(sign: str, *, also: str = "") -> str:
    return f"\\{sign}" if sign in _SIGNS + also else sign
