"""Reads YAML and JSON that somebody else wrote, within the limits that keep one document from stopping all others.

Whatever is beyond a limit is a `Mistake`: the caller adds the file, and says whose it is.
"""

import json
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import yaml
from yaml.reader import ReaderError

from shared import limits
from shared.errors import Mistake

_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_TEXT: Final = "tag:yaml.org,2002:str"
_LIST: Final = "tag:yaml.org,2002:seq"
_MAP: Final = "tag:yaml.org,2002:map"

_REASON: Final = 400
"""Characters of a reason; PyYAML quotes what it found, however long that is."""
_NAMELESS: Final = re.compile(r' in "<(?:byte|unicode) string>",')
"""What PyYAML calls a document that it did not read from a file itself."""

if TYPE_CHECKING:
    _Loader = yaml.CSafeLoader
else:
    _Loader = object


class Bounded(_Loader):
    """Bounds a loader of PyYAML's that is implemented in C; it is the first of a class's parents.

    Levels and values are counted while they are read, so that nothing is built of a document that is refused. Aliases
    are weighed before anything is built of them: ten of ten, nine times over, are a billion.
    """

    def __init__(self, stream: bytes | str) -> None:
        super().__init__(stream)
        self._level = 0
        self._values = 0
        self._may_repeat = "&" in stream if isinstance(stream, str) else b"&" in stream

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """Go into a value. PyYAML calls it for each, and has a use of its own for it that no loader here has."""
        del current_node, current_index
        self._level += 1
        self._values += 1
        if self._level > limits.LEVELS:
            raise _too_deep()
        if self._values > limits.VALUES:
            raise _too_many()

    def ascend_resolver(self) -> None:
        """Leave it."""
        self._level -= 1

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: tuple[bool, bool]) -> str:  # noqa: ANN401 - PyYAML's own signature
        """Say what a value without a tag is. Text that begins like nothing else needs no look at the patterns."""
        if kind is yaml.ScalarNode:
            resolvers = self.yaml_implicit_resolvers
            if not implicit[0] or (value and value[0] not in resolvers and None not in resolvers):
                return _TEXT
            return cast("Any", super()).resolve(kind, value, implicit)
        return _MAP if kind is yaml.MappingNode else _LIST

    def get_single_node(self) -> yaml.Node | None:
        """Give the document's tree, whose aliases are weighed."""
        node = super().get_single_node()
        if node is not None and self._may_repeat:  # without an anchor nothing is written out beyond the file's own size
            _ = _Scale().weight(node)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - PyYAML's own signature
        """Give a node's value; one that has none, such as the 31st of February, is a mistake with a place.

        Text, and maps and lists of a document without aliases, do not take PyYAML's way, which remembers each node in
        case that it comes again. That is most of a document, and half of the time of reading one.
        """
        kind, tag = type(node), node.tag
        if kind is yaml.ScalarNode and tag == _TEXT:
            return node.value
        if not self._may_repeat:
            if kind is yaml.MappingNode and tag == _MAP:
                return cast("Any", self).construct_mapping(node, deep=True)
            if kind is yaml.SequenceNode and tag == _LIST:
                return [self.construct_object(each, deep=True) for each in node.value]
        if tag in _NUMBERS and len(node.value) > limits.NUMBER_CHARACTERS:
            raise yaml.constructor.ConstructorError(
                problem=f"a number has more than {limits.NUMBER_CHARACTERS} characters", problem_mark=node.start_mark
            )
        try:
            return cast("Any", super()).construct_object(node, deep)  # untyped in its stubs
        except Mistake:
            raise
        except (ArithmeticError, ValueError) as problem:
            raise yaml.constructor.ConstructorError(
                problem=f"{str(node.value)[:60]!r} has no value: {problem}", problem_mark=node.start_mark
            ) from None


class Strict(Bounded):
    """Refuses, beyond that, a key that is given twice, which YAML forbids and PyYAML overlooks."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        """Give a map."""
        seen = set[str]()
        plain = True
        for key, _ in node.value:
            plain = plain and type(key) is yaml.ScalarNode and key.tag == _TEXT
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key.value} is given twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        if plain and not self._may_repeat:
            return {key.value: self.construct_object(value, deep) for key, value in node.value}
        return super().construct_mapping(node, deep)


class _Scale:
    """Weighs nodes as if each alias were written out, every node once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int, int]] = {}
        self._open: set[int] = set()

    def weight(self, node: yaml.Node) -> tuple[int, int, int]:
        """Give the characters, the values and the levels of a node.

        An alias stands for what came before it, so it is known by then, unless it stands for what it is in.
        """
        if isinstance(node, yaml.ScalarNode):
            return len(node.value), 1, 1
        if (known := self._known.get(id(node))) is not None:
            return known
        if id(node) in self._open:
            raise Mistake(
                "has an alias that stands for what it is in. Write out what is meant.", code="document-in-itself"
            )
        self._open.add(id(node))
        parts = cast("list[Any]", node.value)
        nodes: list[yaml.Node] = [each for pair in parts for each in pair] if _is_map(node) else parts
        characters, values, levels = 0, 1, 0
        for each in nodes:
            found = self.weight(each)
            characters, values, levels = characters + found[0], values + found[1], max(levels, found[2])
            if characters > limits.CHARACTERS or values > limits.VALUES:
                raise _too_many()
        if levels >= limits.LEVELS:
            raise _too_deep()
        self._open.discard(id(node))
        self._known[id(node)] = characters, values, levels + 1
        return self._known[id(node)]


def read_file(path: Path) -> bytes:
    """Read a file that somebody wrote.

    Raises:
        OSError: it cannot be read.
        Mistake: it is larger than any such file, or is none.
    """
    with path.open("rb") if _is_plain(path) else _refused() as file:
        content = file.read(limits.FILE_BYTES + 1)
    if len(content) > limits.FILE_BYTES:
        raise Mistake(
            f"is larger than {limits.FILE_BYTES // limits.MEBIBYTE} MiB, which no file of this kind has to be. Divide "
            f"it, or remove what does not belong there.",
            code="document-too-large",
        )
    return content


def parse_tree(content: bytes | str, loader: type[Bounded]) -> tuple[yaml.Node | None, object]:
    """Read a YAML document as its tree, whose nodes have places, and as its value; both are None for an empty one.

    Raises:
        yaml.YAMLError: it is none, or holds a value that is none.
        Mistake: it is beyond a limit.
    """
    reading = loader(content)
    try:
        node = reading.get_single_node()
        return node, None if node is None else cast("Any", reading).construct_document(node)
    finally:
        cast("Any", reading).dispose()


def parse_yaml(content: bytes | str, loader: type[Bounded]) -> object:
    """Read a YAML document.

    Raises:
        yaml.YAMLError: it is none, or holds a value that is none.
        Mistake: it is beyond a limit.
    """
    return parse_tree(content, loader)[1]


def parse_json(content: bytes | str) -> object:
    """Read a JSON document.

    Raises:
        ValueError: it is none.
        Mistake: it is nested too deeply.
    """
    try:
        found: object = json.loads(content)
    except RecursionError:
        raise _too_deep() from None
    refuse_deep(found)
    return found


def reason_of(problem: yaml.YAMLError) -> str:
    """Say on one line, and a short one, why something is not YAML."""
    if isinstance(problem, ReaderError) and "UTF" in problem.reason:
        return f"from byte {problem.position + 1} on it is not UTF-8"
    text = _NAMELESS.sub(" at", " ".join(str(problem).split()))
    return text if len(text) <= _REASON else f"{text[: _REASON // 2]} … {text[-_REASON // 2 :]}"


def refuse_deep(document: object) -> None:
    """Refuse plain values that are nested too deeply for what reads them. Raises Mistake."""
    layer: list[object] = [document]
    for _ in range(limits.LEVELS):
        below: list[object] = []
        for each in layer:
            if isinstance(each, dict):
                below.extend(cast("dict[object, object]", each).values())
            elif isinstance(each, list):
                below.extend(cast("list[object]", each))
        if not below:
            return
        layer = below
    raise _too_deep()


def _is_map(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def _is_plain(path: Path) -> bool:
    """Say whether a path is a file, and no pipe that nobody writes into; what is not there says so by itself."""
    kind = path.stat().st_mode
    return stat.S_ISREG(kind) or stat.S_ISDIR(kind)


def _refused() -> Any:  # noqa: ANN401 - it gives nothing
    raise Mistake("is no file. Put a file in its place, or remove it.", code="document-no-file")


def _too_deep() -> Mistake:
    return Mistake(
        f"has more than {limits.LEVELS} maps and lists within each other. Nothing that is read here is nested so "
        f"deeply: correct it.",
        code="document-too-deep",
    )


def _too_many() -> Mistake:
    return Mistake(
        f"has more than {limits.VALUES:,} values or {limits.CHARACTERS // limits.MEBIBYTE} MiB of text once every "
        f"alias is written out. Nothing that is read here is so large: correct it.",
        code="document-too-much",
    )
