"""The borders between the project's folders, as docs/architecture.md draws them."""

import ast
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

OURS = {"policy", "hub", "spoke", "organization", "shared", "sandbox", "tools", "tests", "fleet", "benchmarks"}
PROGRAMS = ("hub", "spoke", "organization")
ALLOWED = {
    "hub": {"hub", "shared"},
    "spoke": {"spoke", "shared"},
    "organization": {"organization", "shared"},
    "shared": {"shared"},
    "sandbox": {"sandbox"},
    "policy": {"policy", "shared"},
    "fleet": {"fleet", "shared", "spoke"},
    "tools": {"tools", "shared", "sandbox", "hub", "spoke"},
}
MODULES = {folder: sorted((ROOT / folder).rglob("*.py")) for folder in [*ALLOWED, "tests"]}


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    beyond = {name(module): imports(module) & OURS - ALLOWED[folder] for module in MODULES[folder]}

    assert {} == {module: names for module, names in beyond.items() if names}


def test_the_fleet_needs_only_what_a_spoke_is_planned_with() -> None:
    """What makes resources runs in the engine alone."""
    planning = {"spoke.config", "spoke.launches.contract_dependencies", "spoke.launches.resolution"}
    used = {each for module in MODULES["fleet"] for each in imported(module) if each.partition(".")[0] == "spoke"}

    assert planning == used


def test_one_module_of_the_fleet_starts_processes() -> None:
    assert ["fleet/engine.py"] == [name(module) for module in MODULES["fleet"] if "subprocess" in imports(module)]


def test_what_is_shared_needs_little() -> None:
    """It is in every program, so whatever it needs, all of them need."""
    known = {"shared", "pydantic", "pulumi", "pulumi_aws", "semver", "boto3", "botocore"} | sys.stdlib_module_names

    assert {} == {name(module): imports(module) - known for module in MODULES["shared"] if imports(module) - known}


@pytest.mark.parametrize("folder", PROGRAMS)
def test_no_module_of_a_program_hides_one_of_the_standard_library(folder: str) -> None:
    """Pulumi puts the program's folder in front of everything else."""
    assert set() == {module.stem for module in MODULES[folder]} & sys.stdlib_module_names - {"__main__"}


@pytest.mark.parametrize("folder", PROGRAMS)
def test_the_entry_point_of_a_program_is_two_lines(folder: str) -> None:
    lines = [line for line in (ROOT / folder / "__main__.py").read_text().splitlines() if line]

    assert [f"from {folder}.program import run", "run()"] == lines


@pytest.mark.parametrize("folder", MODULES)
def test_a_module_can_be_read_in_one_go(folder: str) -> None:
    lengths = {name(module): len(module.read_text().splitlines()) for module in MODULES[folder]}

    assert {} == {module: length for module, length in lengths.items() if length > 300}


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
