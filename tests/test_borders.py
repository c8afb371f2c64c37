"""What modules may not do, beside importing over a border: import-linter knows the borders (pyproject.toml)."""

import ast
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PROGRAMS = ("hub", "spoke", "organization")
FOLDERS = (
    "model_catalog",
    "hub",
    "spoke",
    "organization",
    "shared",
    "fleet",
    "pages",
    "cli",
    "policy",
    "sandbox",
    "tools",
    "tests",
)
MODULES = {folder: sorted((ROOT / folder).rglob("*.py")) for folder in FOLDERS}
SETTING = ("disable", "enable", "freeze", "set_debug", "set_threshold")
"""What changes the garbage collector, which is the process's."""


def test_one_module_of_the_fleet_starts_pulumi_and_one_git() -> None:
    assert ["fleet/checkout.py", "fleet/engine.py"] == [
        name(module) for module in MODULES["fleet"] if "subprocess" in imports(module)
    ]


def test_what_is_shared_needs_little() -> None:
    """It is in every program, so whatever it needs, all of them need."""
    needed = {"shared", "pydantic", "pulumi", "pulumi_aws", "semver", "boto3", "botocore", "yaml", "regex"}
    needed |= {"cryptography", "pydantic_core"}  # the latter is a part of pydantic
    known = needed | sys.stdlib_module_names

    assert {} == {name(module): imports(module) - known for module in MODULES["shared"] if imports(module) - known}


@pytest.mark.parametrize("folder", PROGRAMS)
def test_no_module_of_a_program_hides_one_of_the_standard_library(folder: str) -> None:
    """Pulumi puts the program's folder in front of everything else."""
    assert set() == {module.stem for module in MODULES[folder]} & sys.stdlib_module_names - {"__main__"}


@pytest.mark.parametrize("folder", PROGRAMS)
def test_the_entry_point_of_a_program_only_runs_it(folder: str) -> None:
    """Beside that it sets the garbage collector: an import may not, and later would be too late to save anything."""
    lines = [line for line in (ROOT / folder / "__main__.py").read_text().splitlines() if line and line[0] != "#"]
    code = [line.partition("  # noqa")[0] for line in lines]

    imports = sorted([f"from {folder}.program import run", "from shared.stack.program import start"])
    assert ["import gc", "gc.set_threshold(100_000)", *imports, "start(run)"] == code


def test_no_import_sets_the_garbage_collector() -> None:
    """It is the process's: whoever imports a module for something else keeps the one that it has."""
    products = [module for folder, modules in MODULES.items() if folder != "tests" for module in modules]
    setting = [name(module) for module in products if "gc." in module.read_text() and sets_collector(module)]

    assert setting
    assert all(module.endswith("/__main__.py") for module in setting), setting


def sets_collector(module: Path) -> bool:
    """Say whether what runs when a module is imported, which the bodies of functions do not, sets the collector."""
    left: list[ast.AST] = [ast.parse(module.read_text())]
    while left:
        node = left.pop()
        match node:
            case ast.Attribute(value=ast.Name(id="gc"), attr=attribute) if attribute in SETTING:
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            case _:
                left += ast.iter_child_nodes(node)
    return False


def test_few_modules_divide_the_process_that_they_are_in() -> None:
    """A child of a process with several threads waits for ever for what another one of them held: these have one."""
    everywhere = [module for modules in MODULES.values() for module in modules]
    products = [module for module in everywhere if not module.is_relative_to(ROOT / "tests")]
    text = {module: module.read_text() for module in everywhere}

    assert ["cli/beside.py"] == [name(module) for module in products if "multiprocessing" in imports(module)]
    assert ["fleet/guard.py", "tests/support/warm/server.py"] == [
        name(module)
        for module in everywhere
        if module != Path(__file__) and ("os.fork()" in text[module] or "preexec_fn=" in text[module])
    ]


@pytest.mark.parametrize("folder", MODULES)
def test_a_module_can_be_read_in_one_go(folder: str) -> None:
    lengths = {name(module): len(module.read_text().splitlines()) for module in MODULES[folder]}

    assert {} == {module: length for module, length in lengths.items() if length > 300}


def test_tests_share_what_is_in_support_alone() -> None:
    """A module of tests that another one imports, or a folder's fixtures, would be two things at once."""
    shared = {
        (name(module), each)
        for module in MODULES["tests"]
        for each in imported(module)
        if each.startswith("tests.") and not each.startswith("tests.support")
    }

    assert set() == shared


def test_the_rules_look_at_something() -> None:
    assert {"hub", "shared", "pulumi"} <= imports(ROOT / "hub" / "program.py")
    assert {True} == {len(modules) > 1 for modules in MODULES.values()}


def name(path: Path) -> str:
    """Show a module as its path below the project's folder."""
    return str(path.relative_to(ROOT))


def imports(module: Path) -> set[str]:
    """List the top-level packages that a module imports, wherever in it."""
    return {each.partition(".")[0] for each in imported(module)}


def imported(module: Path) -> set[str]:
    """List the modules that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "") if node.level == 0 else module.parent.name)
    return found
