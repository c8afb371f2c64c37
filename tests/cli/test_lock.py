"""The command behind `make lock`, and the check that runs with `make check`."""

import pytest

from cli import lock
from tests.support.catalog_copy import CatalogCopy

TEMPLATE = "products/text-embedder-serverless/1.0.0.yaml"


def test_a_new_version_is_added_after_those_that_are_there(
    catalog: CatalogCopy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (catalog.folder / "templates.lock").read_text()
    publish(catalog)

    assert 1 == run(monkeypatch, "--check")
    assert "text-embedder-serverless 1.1.0 is not in hub/catalog/templates.lock. Add it" in capsys.readouterr().err
    assert 0 == run(monkeypatch)
    assert "added text-embedder-serverless 1.1.0" in capsys.readouterr().out
    assert set(before.splitlines()) < set((catalog.folder / "templates.lock").read_text().splitlines())
    assert 0 == run(monkeypatch, "--check")


def test_nothing_new_is_nothing_to_add(
    catalog: CatalogCopy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (catalog.folder / "templates.lock").read_text()

    assert 0 == run(monkeypatch)
    assert "nothing to add" in capsys.readouterr().out
    assert before == (catalog.folder / "templates.lock").read_text()


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_changed_template_is_an_error(
    catalog: CatalogCopy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    catalog.replace(TEMPLATE, "Default: 3072", "Default: 4096")
    before = (catalog.folder / "templates.lock").read_text()

    assert 1 == run(monkeypatch, *arguments)
    assert "changed after it was published" in capsys.readouterr().err
    assert before == (catalog.folder / "templates.lock").read_text()


def publish(catalog: CatalogCopy) -> None:
    """Add a version to a product."""
    catalog.write("products/text-embedder-serverless/1.1.0.yaml", (catalog.folder / TEMPLATE).read_text() + "# new\n")
    catalog.add_version("text-embedder-serverless", "1.1.0")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command."""
    monkeypatch.setattr("sys.argv", ["lock", *arguments])
    return lock.main()
