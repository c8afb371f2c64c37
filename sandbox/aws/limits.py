"""How much of anything the sandbox takes, so that one account's request is no trouble of the others'."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Final, cast
from xml.parsers import expat

import yaml

from sandbox.aws.documents import Value, is_list, is_object

_MEBIBYTE: Final = 1024 * 1024
OBJECT_BYTES: Final = 32 * _MEBIBYTE
"""Of a body that is somebody's file, in S3 or Lambda. Clients divide larger ones: AWS's own at 8 MiB."""
DOCUMENT_BYTES: Final = 4 * _MEBIBYTE
"""Of any other body, decompressed. AWS's own limits are at 1 MiB and less (of a template in a request: 50 KiB)."""
TEMPLATE_CHARACTERS: Final = _MEBIBYTE
"""CloudFormation User Guide, "Quotas"."""
LEVELS: Final = 100
VALUES: Final = 50_000
NUMBER_CHARACTERS: Final = 400
FIELDS: Final = 10_000
"""Of a query; what is longer has more than 1,000 tags."""
FIELD_LEVELS: Final = 20
TEXT_CHARACTERS: Final = _MEBIBYTE
"""Of what a function of a template comes to: `Fn::Sub` of `Fn::Sub` can double a text with each line."""
EXPANDED_VALUES: Final = 50_000
"""Of what loops of a template come to."""


class TooMuchError(ValueError):
    """A document that is beyond a limit; the message says which."""


class TooLargeError(TooMuchError):
    """Of too many bytes."""


class BoundedLoader(yaml.CSafeLoader):
    """Counts levels and values while they are read, and values again with every alias written out."""

    aliases: ClassVar[bool] = True
    """Whether there may be any."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - PyYAML's own
        super().__init__(stream)
        self._level = self._values = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """PyYAML calls it for each value, and has a use for it that there is none of here."""
        del current_node, current_index
        self._level += 1
        self._values += 1
        if self._level > LEVELS:
            raise TooMuchError(f"it is nested more than {LEVELS} levels deep")
        if self._values > VALUES:
            raise TooMuchError(f"it has more than {VALUES} values")

    def ascend_resolver(self) -> None:
        self._level -= 1

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None:
            weights: dict[int, int] = {}
            _ = self._weight(node, weights)
        return node

    def _weight(self, node: yaml.Node, weights: dict[int, int]) -> int:
        if id(node) in weights:
            if not self.aliases:
                raise TooMuchError("YAML aliases are not allowed in CloudFormation templates")
            return weights[id(node)]
        weights[id(node)] = VALUES  # for what is in itself
        parts = cast("list[Any]", node.value) if isinstance(node, yaml.CollectionNode) else []
        nodes = [each for pair in parts for each in pair] if isinstance(node, yaml.MappingNode) else parts
        weight = 1
        for each in nodes:
            weight += self._weight(each, weights)
            if weight > VALUES:
                raise TooMuchError(f"it has more than {VALUES} values once every alias is written out")
        weights[id(node)] = weight
        return weight

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - PyYAML's own
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith((":int", ":float")):
            require_short_number(str(node.value))
        return cast("Any", super()).construct_object(node, deep)


def require_short_number(text: str) -> None:
    """Refuse a number that takes long to work out; those that YAML counts in sixties take quadratic time."""
    if len(text) > NUMBER_CHARACTERS:
        raise TooMuchError(f"a number has more than {NUMBER_CHARACTERS} characters")


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever it holds
    """What stands in a file of the one who starts the sandbox.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no text, or beyond a limit.
        YAMLError: it is not YAML.
    """
    if path.stat().st_size > TEMPLATE_CHARACTERS:
        raise TooLargeError("it is larger than 1 MiB")
    return yaml.load(path.read_text(encoding="utf-8"), Loader=BoundedLoader)  # noqa: S506 - it is a safe loader


def require_shallow(document: Value) -> None:
    """Refuse plain values that are nested too deeply."""
    layer: list[Value] = [document]
    for _ in range(LEVELS):
        layer = [each for part in layer for each in _parts(part)]
        if not layer:
            return
    raise TooMuchError(f"it is nested more than {LEVELS} levels deep")


def _parts(value: Value) -> Iterable[Value]:
    if is_object(value):
        return value.values()
    return value if is_list(value) else ()


def require_shallow_json(body: bytes) -> None:
    """Refuse a body that is JSON nested too deeply; whether it is JSON at all is for others to say."""
    parts = body.count(b"[") + body.count(b"{")
    if parts <= LEVELS:
        return
    if parts > VALUES:
        raise TooMuchError(f"it is not JSON that AWS takes: it has more than {VALUES} lists and structures")
    try:
        found = json.loads(body)
        require_shallow(found)
    except TooMuchError as problem:
        raise TooMuchError(f"it is not JSON that AWS takes: {problem}") from None
    except RecursionError:
        raise TooMuchError(f"it is not JSON that AWS takes: it is nested more than {LEVELS} levels deep") from None
    except ValueError:
        return


def require_shallow_xml(body: bytes) -> None:
    """Refuse XML that is nested too deeply or declares entities; whether it is XML at all is for others to say."""
    level = 0

    def begin(_name: str, _attributes: object) -> None:
        nonlocal level
        level += 1
        if level > LEVELS:
            raise TooMuchError(f"it is nested more than {LEVELS} levels deep")

    def end(_name: str) -> None:
        nonlocal level
        level -= 1

    def declare(*_: object) -> None:
        raise TooMuchError("it declares a document type, which no request has")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begin, end, declare
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError:
        return
