"""Nothing is written past the one writer (shared/files.py), or the sandbox's own, which may import nothing of ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FOLDERS = ("hub", "spoke", "organization", "shared", "fleet", "pages", "cli", "policy", "sandbox", "tools")
WRITERS = {"shared/files.py", "shared/folders.py", "sandbox/files.py"}
OTHERS = {
    "fleet/run/engine_log.py": {"open"},  # Pulumi's own output, while it comes
    "fleet/run/engine_events.py": {"open"},  # an empty file that Pulumi writes, and nobody but its owner reads
    "cli/rehearsal/deployment.py": {"copytree", "copyfile", "symlink_to"},  # a copy of the checkout
    "cli/deployment/history_bundle.py": {"open"},  # in memory
    "cli/rehearsal/launch_surroundings.py": {"open"},  # in memory
    "cli/rehearsal/starting.py": {"open"},  # the sandbox's output
    "tools/build_backend.py": {"copyfile", "copytree"},  # a checkout's files, laid out for a wheel
    "cli/proving/model.py": {"open"},  # an archive in memory
    "tools/pulumi_cli.py": {"copyfile", "replace"},  # a program that was built aside is moved into its place
    "cli/catalog/template_commands.py": {"TemporaryFile"},  # what a command says, until it has ended
    "hub/definitions/packaged_archive.py": {"open"},  # an archive in memory
    "cli/verbs.py": {"dump"},  # to standard output
    "fleet/guard.py": {"open"},  # what reads as nothing
    "fleet/store/storage.py": {"open"},  # a lock, which has no content
}
"""What writes otherwise, and why."""

WRITING = {"write_text", "write_bytes", "touch", "rename", "symlink_to", "hardlink_to", "extractall"}
OF_MODULES = {
    "os": {"open", "replace", "link", "rename"},
    "json": {"dump"},
    "yaml": {"dump"},
    "shutil": {"copy", "copy2", "copyfile", "copytree", "copyfileobj", "move", "make_archive", "unpack_archive"},
    "tempfile": {"mkstemp", "NamedTemporaryFile", "TemporaryFile"},
}


def writes(tree: ast.AST) -> Iterator[str]:
    """Name every call that may write a file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in OF_MODULES.get(module, ()):
                if name != "dump" or _streams(node, module):
                    yield name
            case ast.Attribute(attr="replace") if len(node.args) == 1 and not node.keywords:
                yield "replace"  # a path's; that of a text takes two
            case ast.Attribute(attr="open") | ast.Name(id="open") | ast.Attribute(attr="ZipFile"):
                if _mode(node, first=isinstance(node.func, ast.Attribute) and node.func.attr == "open"):
                    yield "open"
            case ast.Attribute(attr=name) if name in WRITING:
                yield name
            case _:
                pass


def _streams(node: ast.Call, module: str) -> bool:
    return module == "json" or len(node.args) > 1 or any(word.arg == "stream" for word in node.keywords)


def _mode(node: ast.Call, *, first: bool) -> bool:
    """Say whether a file is opened for more than reading; what is no plain text may be."""
    place = 0 if first else 1
    given = [word.value for word in node.keywords if word.arg == "mode"] or node.args[place : place + 1]
    if not given:
        return False
    return not isinstance(given[0], ast.Constant) or bool(set(str(given[0].value)) & set("wax+"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_written_by_the_one_writer(folder: str) -> None:
    found = {
        name: past
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) not in WRITERS
        and (past := set(writes(ast.parse(path.read_text()))) - OTHERS.get(name, set()))
    }

    assert {} == found


def test_what_is_let_through_is_there() -> None:
    for name, known in OTHERS.items():
        assert known == known & set(writes(ast.parse((ROOT / name).read_text()))), name


@pytest.mark.parametrize(
    "line",
    [
        "path.write_text('x')",
        "Path('x').write_bytes(b'')",
        "open('x', 'w')",
        "path.open(mode='a')",
        "path.open('r+')",
        "open('x', mode)",
        "shutil.copyfile(a, b)",
        "shutil.copy(a, b)",
        "os.replace(a, b)",
        "a.replace(b)",
        "yaml.dump(x, file)",
        "json.dump(x, file)",
        "zipfile.ZipFile(path, 'w')",
        "tempfile.NamedTemporaryFile()",
    ],
)
def test_each_way_past_it_is_seen(line: str) -> None:
    assert [*writes(ast.parse(line))]


@pytest.mark.parametrize(
    "line", ["path.open()", "open('x', 'rb')", "text.replace('a', 'b')", "yaml.dump(x, Dumper=D)", "given.copy()"]
)
def test_what_only_reads_is_let_through(line: str) -> None:
    assert not [*writes(ast.parse(line))]


def test_the_rule_looks_at_something() -> None:
    assert all(len(list(Path(ROOT / folder).rglob("*.py"))) > 1 for folder in FOLDERS)
