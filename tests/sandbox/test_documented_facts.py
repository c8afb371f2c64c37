"""What docs/sandbox.md says of the tests."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.sandbox_only

FOLDER = Path(__file__).parent
FACTS = ("shares", "organization", "access_to_launches", "launches", "changes", "constraints")
"""The modules whose every test is a fact of Service Catalog's."""


def functions_of(module: Path) -> dict[str, ast.FunctionDef]:
    body = ast.parse(module.read_text()).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_each_test_in_the_table_of_facts_exists() -> None:
    text = (ROOT / "docs" / "sandbox.md").read_text()
    modules = {module.stem for module in FOLDER.rglob("test_*.py")}
    known = {name for module in FOLDER.rglob("test_*.py") for name in functions_of(module)}
    named = set(re.findall(r"`(test_\w+)`", text))

    assert len(named) > 60
    assert named <= known | modules


@pytest.mark.parametrize("module", FACTS)
def test_each_test_of_a_fact_names_its_source(module: str) -> None:
    [file] = FOLDER.rglob(f"test_{module}.py")
    found = functions_of(file)

    assert found
    assert [name for name, node in found.items() if not ast.get_docstring(node)] == []
