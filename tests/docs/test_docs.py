"""What the documents refer to is there."""

import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", ["features.md", "security.md"])
def test_every_test_that_shows_what_is_said_is_there(document: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:: (\w+))?`", (ROOT / "docs" / document).read_text())

    assert len(named) > 20
    for file, test in named:
        path = ROOT / file
        assert path.exists(), file
        assert f"def {test}(" in path.read_text() if test else True, f"{file}: {test}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_is_there(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text())

    assert [] == [link for link in links if not (document.parent / link).exists()]
