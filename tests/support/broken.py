"""Breaks files as people, editors and programs break them."""

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import yaml

VALUES: Final[Sequence[str]] = (
    *("", "~", "null", "yes", "No", "on", "true", "TRUE", "0123", "1.10", "0x1F", "1e3", "1_000", "12:30:45", "0o17"),
    *("12345678901234567890", "1e400", ".inf", "-.inf", ".nan", "-1", "0", "0.0", "1.", "999999999999999999999999"),
    *("2026-10-06", "2026-02-31", "2099-01-01", "0000-00-00", "2026-10-06T25:00:00Z", "[]", "{}", "[[]]", "{a: }"),
    *("[a, [b]]", "&a [*a]", "*a", "!!binary aGk=", "!!set {a}", "!!python/object:os.system x", "!Ref X"),
    "!!int x",
    *('"\\ud83d"', '"\\0"', '"a\\nb"', "'a,b'", "|", ">", "? a", "- a", ": ", "@x", "`x`", "%x", "<<: {a: b}", "<<"),
    *("é", "\u2028", "a" * 9000, "\u0660\u0661", "arn:aws:iam::1:role/x", "arn:aws-cn:iam::222233334444:role/x"),
    *("444455556666", '"444455556666"', "s3://b", "../../etc/passwd", "${x", "{{resolve:ssm:x}}", "a b", "-", "#"),
)
DOCUMENTS: Final[Sequence[Any]] = [
    *json.loads(
        r"""[null, true, 0, -1, 1.5, 1000000000000000000000000000000, Infinity, NaN, "", "text", "1.10", [], {}, [null],
        [[]], {"a": null}, {"a": {"b": []}}, [1, "a", null], {"Ref": "Nothing"}, {"Fn::GetAtt": []},
        {"Fn::Sub": ["${a}", []]}, {"Fn::If": "x"}, {"secure": "v1:x"}, ["a", "a"], {"": ""}, {"$ref": 1}, "\ud800",
        "a\u0000b"]"""
    ),
    {1: 2},
    {None: None},
]

Change = Callable[[random.Random, bytes], bytes]


def chance_of(seed: int) -> random.Random:
    """Give what decides how something is broken: always the same for a number."""
    return random.Random(seed)  # noqa: S311 - it keeps no secret


def broken(chance: random.Random, content: bytes) -> bytes:
    """Break a file in one to three ways."""
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(_CHANGES)(chance, content)
    return content


def broken_tree(chance: random.Random, node: object) -> Any:  # noqa: ANN401 - anything comes out of it
    """Put something else in the place of some part of a document, remove one, or add one."""
    if not isinstance(node, dict | list) or not node or chance.random() < 0.12:
        return chance.choice(DOCUMENTS)
    if isinstance(node, list):
        items = list(cast("list[object]", node))
        index = chance.randrange(len(items))
        match chance.random():
            case way if way < 0.08:
                del items[index]
            case way if way < 0.16:
                items.insert(index, items[index])
            case _:
                items[index] = broken_tree(chance, items[index])
        return items
    entries = dict(cast("dict[Any, object]", node))
    key = chance.choice(list(entries))
    match chance.random():
        case way if way < 0.08:
            del entries[key]
        case way if way < 0.16:
            entries[chance.choice(["new", "Ref", "aws:foo", 1, None, f"{key}s"])] = chance.choice(DOCUMENTS)
        case _:
            entries[key] = broken_tree(chance, entries[key])
    return entries


def _tree(chance: random.Random, content: bytes) -> bytes:
    try:
        if content.lstrip()[:1] in b"[{":
            return json.dumps(broken_tree(chance, json.loads(content)), indent=1).encode(errors="surrogatepass")
        found = broken_tree(chance, yaml.load(content, Loader=yaml.CSafeLoader))
        return yaml.dump(found, allow_unicode=True, sort_keys=False).encode(errors="surrogatepass")
    except (yaml.YAMLError, TypeError, ValueError, RecursionError, AttributeError):
        return content


def _value(chance: random.Random, content: bytes) -> bytes:
    places = [match.span(2) for match in re.finditer(rb"(: |- )([^\n]*)", content)]
    if not places:
        return content
    begin, end = chance.choice(places)
    return content[:begin] + chance.choice(VALUES).encode(errors="surrogatepass") + content[end:]


def _key(chance: random.Random, content: bytes) -> bytes:
    places = [match.span(1) for match in re.finditer(rb"^\s*(?:- )?([\w:]+):", content, re.MULTILINE)]
    if not places:
        return content
    begin, end = chance.choice(places)
    return content[:begin] + chance.choice(VALUES).encode(errors="surrogatepass") + content[end:]


def _line(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    index = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[index]
        case 1:
            lines.insert(index, lines[index])
        case 2:
            lines[index] = b"  " + lines[index]
        case 3:
            lines[index] = lines[index].removeprefix(b"  ")
        case _:
            lines[index] = b"\t" + lines[index].lstrip()
    return b"".join(lines)


def _bytes(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content) + 1)
    match chance.randrange(4):
        case 0:
            return content[:place]
        case 1:
            return content[:place] + chance.randbytes(chance.randint(1, 4)) + content[place:]
        case 2:
            return content[:place] + content[place + chance.randint(1, 20) :]
        case _:
            return content[:place] + bytes([chance.choice(b"\x00\t\r\n\xff\"'{}[]:,&*#?|-<>%@\\")]) + content[place:]


def _encoding(chance: random.Random, content: bytes) -> bytes:
    text = content.decode(errors="replace").replace("e", chance.choice("eé"), 3)
    match chance.randrange(6):
        case 0:
            return text.encode("utf-16")
        case 1:
            return text.encode("latin-1", errors="replace")
        case 2:
            return b"\xef\xbb\xbf" + content
        case 3:
            return content.replace(b"\n", b"\r\n")
        case 4:
            return text.encode("utf-16-be")
        case _:
            return chance.randbytes(chance.randint(0, 200))


def _deep(chance: random.Random, content: bytes) -> bytes:
    depth = chance.choice([50, 101, 3000])
    return content + chance.choice([b"\nx: " + b"[" * depth, b"\nx: " + b"[" * depth + b"]" * depth, b"\n- " * 50])


_CHANGES: Final[Sequence[Change]] = (_tree, _tree, _tree, _value, _value, _value, _key, _line, _bytes, _encoding, _deep)
