"""Measures how many faults the tests find that are put into the rules on models and launches, one fault at a time.

Usage: python -m benchmarks.mutation [COMMIT] [--modules 'shared/catalog/*.py' …] [--only 'shared.*' …] [--keep FOLDER]

mutmut changes one function at a time and runs those of the tests of shared/ and spoke/ that call it; all else of the
commit is there, too. It leaves decorated functions and what stands outside of functions alone. A changed type in a
`cast` changes nothing that a test could find, and does not count. Every run makes the same changes, in the same order.
"""

import argparse
import ast
import contextlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mutmut.mutation.diff_apply import get_diff_for_mutant
from rich.console import Console
from rich.table import Table

HERE: Final = Path(__file__).parent
MODULES: Final = ("shared/catalog/*.py", "spoke/launches/*.py")
_SOURCES: Final = ("shared", "spoke")
_CHANGED: Final = (*_SOURCES, "tests", "pyproject.toml")
"""What mutmut copies itself, from beside the folder in which it works."""
_SETTINGS: Final = """
[tool.mutmut]
source_paths = {sources}
only_mutate = {modules}
pytest_add_cli_args = ["--hypothesis-seed=0", "-p", "no:cacheprovider",
    "--ignore-glob=*/test_borders.py",
    "--ignore-glob=*/test_messages.py"]
pytest_add_cli_args_test_selection = ["tests/shared", "tests/spoke"]
timeout_multiplier = 5.0
timeout_constant = 60.0
use_git_change_detection = false
"""
"""Tests that read the code, of who imports whom and of messages, would find what mutmut writes."""
_SURVIVED: Final = {0: "survived", 5: "no tests", 33: "no tests"}
"""What mutmut notes of a change that no test found; every other number means that one did, or never ended."""
_OF: Final = "ǁ"
"""Between class and method in a name of mutmut's."""
_CAST: Final = re.compile(r"""cast\((?:"[^"]*"|[^"(),]+), (?=\S)""")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed function, and what the tests made of it.

    Attributes:
        line: Of the file, as it is in the commit.
        exit_code: That of pytest, or mutmut's own.
    """

    module: str
    line: int
    before: str
    after: str
    exit_code: int

    @property
    def changes_behaviour(self) -> bool:
        """Whether more is changed than what only a type checker reads."""
        return _untyped(self.before) != _untyped(self.after)


def main() -> None:
    """Measure, and print a table and what no test found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("commit", nargs="?", default="HEAD")
    parser.add_argument("--modules", nargs="+", default=MODULES, help="globs of the files that are changed")
    parser.add_argument("--only", nargs="+", default=(), help="globs of mutmut's names of changed functions")
    parser.add_argument("--keep", type=Path, help="a new folder in which to work, for mutmut's own commands")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        work: Path = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _prepare(work, arguments.commit, arguments.modules)
        _try_all(work, arguments.only)
        mutants = [each for each in _mutants(work) if each.changes_behaviour]
    console = Console()
    console.print(_table(mutants))
    for each in mutants:
        if each.exit_code in _SURVIVED:
            print(f"{each.module}:{each.line}: {_SURVIVED[each.exit_code]}\n  - {each.before}\n  + {each.after}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.0f} s of CPU")


def _prepare(work: Path, commit: str, modules: Sequence[str]) -> None:
    # What mutmut copies must not be there before it: it would take it for changed already.
    _extract(work, commit, *_CHANGED)
    _extract(work / "mutants", commit, ".", *(f":!{path}" for path in _CHANGED))
    shutil.copy(HERE / "mutation_conftest.py", work / "mutants" / "conftest.py")
    with (work / "pyproject.toml").open("a") as file:
        file.write(_SETTINGS.format(sources=json.dumps(_SOURCES), modules=json.dumps(list(modules))))


def _extract(folder: Path, commit: str, *paths: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(
        ["git", "archive", commit, "--", *paths], check=True, stdout=subprocess.PIPE, cwd=HERE.parent
    )
    subprocess.run(["tar", "x"], check=True, input=archive.stdout, cwd=folder)


def _try_all(work: Path, names: Sequence[str]) -> None:
    # One at a time: the tests' own time limits are for a core of their own. PYTHONPATH would show the tests this tree.
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", "1", *names]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    subprocess.run(command, check=True, cwd=work, env=environment, stdout=sys.stderr)


def _mutants(work: Path) -> Iterator[Mutant]:
    for notes in sorted((work / "mutants").rglob("*.py.meta")):
        module = str(notes.relative_to(work / "mutants").with_suffix(""))
        source = (work / module).read_text()
        lines, starts = source.splitlines(), dict(_starts(source))
        for name, exit_code in json.loads(notes.read_text())["exit_code_by_key"].items():
            if exit_code is None:  # not asked for
                continue
            with contextlib.chdir(work):
                _, _, hunk, *difference = get_diff_for_mutant(name, path=module).splitlines()
            removed, added = ([line[1:].strip() for line in difference if line[0] == sign] for sign in "-+")
            # The difference counts from the function's first line, or from a comment above it.
            first = next(index for index, line in enumerate(difference) if line[0] == "-")
            near = starts[name.rpartition(".")[2].partition("__mutmut_")[0]] + _hunk_start(hunk) + first
            same = (number for number, line in enumerate(lines, start=1) if line.strip() == removed[0])
            nearest = min(same, key=lambda number: abs(number - near))
            yield Mutant(module, nearest, " ".join(removed), " ".join(added), exit_code)


def _starts(source: str) -> Iterator[tuple[str, int]]:
    """Tell where each function begins, by the name that mutmut gives it."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield f"x_{node.name}", node.lineno
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    yield f"x{_OF}{node.name}{_OF}{method.name}", method.lineno


def _hunk_start(header: str) -> int:
    """Read the 3 of `@@ -3,7 +3,7 @@`, from zero."""
    return int(header.split()[1].partition(",")[0].lstrip("-")) - 1


def _untyped(code: str) -> str:
    return _CAST.sub("cast(", code)


def _table(mutants: Sequence[Mutant]) -> Table:
    table = Table("module", "changed functions", "found", "survived", "no tests", "score")
    for module in (*dict.fromkeys(each.module for each in mutants), "all"):
        ended = Counter(_SURVIVED.get(each.exit_code, "found") for each in mutants if module in (each.module, "all"))
        counts = ended.total(), ended["found"], ended["survived"], ended["no tests"]
        table.add_row(module, *map(str, counts), f"{ended['found'] / ended.total():.1%}")
    return table


if __name__ == "__main__":
    main()
