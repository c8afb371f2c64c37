"""Every mistake that a person can make has a code, and the words of all codes are in one file."""

import ast
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.messages import FILE, FOLDERS, messages, written
from tests.support.paths import ROOT


@functools.cache
def nodes_of() -> Mapping[Path, Sequence[ast.AST]]:
    """Read every module; not while tests are collected, which each worker does."""
    modules = [path for each in FOLDERS for path in (ROOT / each).rglob("*.py")]
    return {path: list(ast.walk(ast.parse(path.read_text()))) for path in modules}


@functools.cache
def kinds() -> set[str]:
    """Name the classes of errors that carry a code: those of shared/errors.py, and what is made of them elsewhere."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for nodes in nodes_of().values()
        for node in nodes
        if isinstance(node, ast.ClassDef)
    }
    found = {"CatalogError", "Mistake"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def made(path: Path) -> Iterator[ast.Call]:
    """Give every place in a module where such an error is made, also by a name that stands for one of the kinds."""
    names = kinds() | {name for node in nodes_of()[path] for name in stands_for_a_kind(node)}
    for node in nodes_of()[path]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            function = node.func
            alone = isinstance(function, ast.Name) or ast.unparse(function.value) in ("self", "errors")
            if alone and (function.id if isinstance(function, ast.Name) else function.attr) in names:
                yield node


def stands_for_a_kind(node: ast.AST) -> list[str]:
    """Name a parameter or a field that is annotated as a class of such errors."""
    match node:
        case ast.arg(arg=name, annotation=ast.Subscript(value=ast.Name("type"), slice=ast.Name(kind))):
            return [name] if kind in kinds() else []
        case ast.AnnAssign(ast.Name(name), ast.Subscript(value=ast.Name("type"), slice=ast.Name(kind))):
            return [name] if kind in kinds() else []
        case _:
            return []


def is_code(value: ast.expr) -> bool:
    """Say whether it is a text, or the code of the mistake that the error passes on."""
    return bool(re.fullmatch(r"'[a-z]+(-[a-z]+)*'|(mistake|first)\.code", ast.unparse(value)))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_error_is_made_with_a_code_that_stands_there(folder: str) -> None:
    without = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted(nodes_of())
        if path.is_relative_to(ROOT / folder)
        for call in made(path)
        if not any(each.arg == "code" and is_code(each.value) for each in call.keywords)
    ]

    assert [] == without


def test_no_validator_says_a_mistake_without_a_code() -> None:
    """Pydantic takes any ValueError; only the words of a Mistake reach a person."""
    without = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, nodes in nodes_of().items()
        if any(isinstance(each, ast.ImportFrom) and each.module == "pydantic" for each in nodes)
        for node in nodes
        if isinstance(node, ast.Raise) and node.exc and ast.unparse(node.exc).startswith("ValueError")
    ]

    assert [] == sorted(without)


def test_errors_are_found_wherever_they_are_made() -> None:
    """Otherwise the test above would pass whatever the code is."""
    assert {"ConfigError", "LaunchError", "Mistake"} <= kinds()
    for file, function in (("validation", "self.error"), ("mistakes", "error"), ("aws/session", "ConfigError")):
        assert function in {ast.unparse(call.func) for call in made(ROOT / "shared" / f"{file}.py")}


def test_the_words_of_all_codes_are_in_one_file() -> None:
    """Written by: python -m tests.support.messages."""
    assert written() == FILE.read_text()


def test_no_word_of_python_is_in_a_message() -> None:
    for text in [text for texts in messages().values() for text in texts]:
        said = re.sub(r"\{.*?\}", "", text)
        assert not re.search(r"\b(dict|str|None|True|False|tuple|Input should)\b", said), said
