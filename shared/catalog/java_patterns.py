r"""Writes a pattern of Java's, which CloudFormation's AllowedPattern is, as one of `regex`.

The two agree in most. They differ in what `\w` and `\p{Alnum}` stand for, which are ASCII's in Java, in a few letters
after a backslash, and in what is a mistake (source: Java SE API, java.util.regex.Pattern).
"""

import re
from typing import Final

from shared.errors import Mistake

_POSIX: Final = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7F",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0B\f\r",
    "javaLowerCase": r"\p{Ll}",
    "javaUpperCase": r"\p{Lu}",
    "javaWhitespace": r"\p{Z}\t\n\x0B\f\r\x1C-\x1F",
    "javaMirrored": r"\p{Bidi_M}",
    "javaLetter": r"\p{L}",
    "javaDigit": r"\p{Decimal_Number}",
    "javaLetterOrDigit": r"\p{L}\p{Decimal_Number}",
    "javaAlphabetic": r"\p{Alphabetic}",
    "L1": r"\x00-\xFF",
    "LC": r"\p{Lu}\p{Ll}\p{Lt}",
    "all": r"\x00-\U0010FFFF",
}
_CLASSES: Final = {
    "d": "0-9",
    "w": "a-zA-Z0-9_",
    "s": r" \t\n\x0B\f\r",
    "h": r" \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000",
    "v": r"\n\x0B\f\r\x85\u2028\u2029",
}
_SAME: Final = frozenset("tnrfaAbBGRX")
_OTHERWISE: Final = {"e": r"\x1B", "Z": r"(?=[\n\r\x85\u2028\u2029]?\Z)", "z": r"\Z"}
_TOKEN: Final = re.compile(
    r"""\\Q(?P<quoted>.*?)(?:\\E|\Z)
    | \\(?P<sign>[pP])(?:\{(?P<property>\^?[^{}]*)\}|(?P<letter>[A-Za-z]))
    | \\x\{(?P<point>[0-9A-Fa-f]+)\} | \\x(?P<byte>[0-9A-Fa-f]{2}) | \\u(?P<unit>[0-9A-Fa-f]{4})
    | \\0(?P<octal>[0-3]?[0-7]{1,2}) | \\c(?P<control>.) | \\k<(?P<group>[A-Za-z][A-Za-z0-9]*)>
    | \\(?P<number>[1-9][0-9]*) | \\(?P<escaped>.)
    | (?P<repetition>\{[0-9]+(?:,[0-9]*)?\})
    | (?P<special>\(\?(?:<(?![=!])[A-Za-z][A-Za-z0-9]*>|<?[=!]|[>:]|[idmsuxU]*(?:-[idmsuxU]+)?[):]))
    | (?P<plain>.)""",
    re.DOTALL | re.VERBOSE,
)


def translated(pattern: str) -> str:
    """Write a pattern of Java's for `regex` in its version 1.

    Raises:
        Mistake: Java would not take it.
    """
    parts: list[str] = []
    depth, before = 0, ""
    for match in _TOKEN.finditer(pattern):
        kind, text = str(match.lastgroup), match[0]
        found, depth = _token(match, kind, depth, before)
        if depth < 0:
            raise _none(pattern, f"{text} is not expected there")
        parts.append(found)
        before = text
    if depth:
        raise _none(pattern, "a class of characters has no end")
    return "".join(parts)


def _token(match: re.Match[str], kind: str, depth: int, before: str) -> tuple[str, int]:
    r"""Give a part of a pattern, and how many classes `[…]` within each other it leaves open."""
    text, inside = match[0], depth > 0
    if kind == "plain":
        return _plain(match, depth, before)
    match kind:
        case "property" | "letter":
            found = _property(match, inside=inside)
        case "point" | "byte" | "unit" | "octal" | "control":
            found = _character(match, kind)
        case "quoted":
            found = "".join(map(re.escape, match["quoted"]))
        case "group":
            found = f"(?P={match['group']})"
        case "escaped":
            found = _escaped(match, inside=inside)
        case "special" | "repetition" if inside:
            found = re.escape(text)
        case "special":
            found = re.sub(r"^\(\?([a-zU]*)", lambda flags: "(?" + re.sub("[dU]", "", flags[1]), text)
        case _:
            found = text
    return found, depth


def _plain(match: re.Match[str], depth: int, before: str) -> tuple[str, int]:
    text = match[0]
    inside = depth > 0
    if text == "[":
        return text, depth + 1
    if text == "]" and inside:
        first = match.string.endswith(("[", "[^"), 0, match.start()) and before in ("[", "^")
        return (r"\]", depth) if first else (text, depth - 1)
    if inside and text in "-|~" and match.string[match.start() + 1 : match.start() + 2] == text:
        return f"\\{text}", depth
    if not inside and text == "?" and before == "(":
        raise _none(match.string, "Java knows no such group")
    if not inside and text == "{":
        raise _none(match.string, "{ repeats nothing. Write \\{ for the character")
    return text, depth


def _property(match: re.Match[str], *, inside: bool) -> str:
    name = match["property"] or match["letter"]
    negated = (match["sign"] == "P") != name.startswith("^")
    name = name.removeprefix("^")
    content = _POSIX.get(name)
    if content is None:
        return rf"\{'P' if negated else 'p'}{{{name.replace('block=', 'Block=').replace('blk=', 'Block=')}}}"
    return f"[{'^' if negated else ''}{content}]" if negated or not inside else content


def _character(match: re.Match[str], kind: str) -> str:
    if kind == "control":
        return f"\\x{ord(match['control']) ^ 64 & 0xFF:02x}"
    number = int(match[kind], 8 if kind == "octal" else 16)
    if number > 0x10FFFF:  # noqa: PLR2004 - the last one that there is
        raise _none(match.string, f"{match[0]} is no character")
    return f"\\U{number:08x}"


def _escaped(match: re.Match[str], *, inside: bool) -> str:
    letter = match["escaped"]
    if letter in _OTHERWISE and not (inside and letter in "zZ"):
        return _OTHERWISE[letter]
    if letter.lower() in _CLASSES:
        content, negated = _CLASSES[letter.lower()], letter.isupper()
        return f"[{'^' if negated else ''}{content}]" if negated or not inside else content
    if letter.isascii() and letter.isalpha() and letter not in _SAME:
        raise _none(match.string, f"Java knows no \\{letter}")
    return match[0]


def _none(pattern: str, reason: str) -> Mistake:
    return Mistake(f"{pattern[:200]!r} is not a regular expression of Java's: {reason}.", code="pattern-invalid")
