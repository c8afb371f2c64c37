"""The lock file grows with new versions, and refuses what has changed."""

import pytest

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

TEMPLATE = "products/text-embedder-serverless/1.0.0.yaml"


def test_a_new_version_is_added_after_those_that_are_there(catalog: CatalogCopy, command: Command) -> None:
    before = (catalog.folder / "templates.lock").read_text()
    publish(catalog)

    refused = command("models", "lock", "--check")
    added = command("models", "lock")

    assert ExitCode.MISTAKE == refused.code
    assert "text-embedder-serverless 1.1.0 is not in hub/catalog/templates.lock. Add it" in refused.err
    assert (0, "hub/catalog/templates.lock: added text-embedder-serverless 1.1.0\n") == (added.code, added.out)
    assert set(before.splitlines()) < set((catalog.folder / "templates.lock").read_text().splitlines())
    assert 0 == command("models", "lock", "--check").code


def test_nothing_new_is_nothing_to_add(catalog: CatalogCopy, command: Command) -> None:
    before = (catalog.folder / "templates.lock").read_text()

    assert "hub/catalog/templates.lock: nothing to add\n" == command("models", "lock").out
    assert before == (catalog.folder / "templates.lock").read_text()


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_changed_template_is_an_error(catalog: CatalogCopy, command: Command, arguments: tuple[str, ...]) -> None:
    catalog.replace(TEMPLATE, "Default: 3072", "Default: 4096")
    before = (catalog.folder / "templates.lock").read_text()

    ended = command("models", "lock", *arguments)

    assert ExitCode.MISTAKE == ended.code
    assert "changed after it was published" in ended.err
    assert before == (catalog.folder / "templates.lock").read_text()


def publish(catalog: CatalogCopy) -> None:
    """Add a version to a product."""
    catalog.write("products/text-embedder-serverless/1.1.0.yaml", (catalog.folder / TEMPLATE).read_text() + "# new\n")
    catalog.add_version("text-embedder-serverless", "1.1.0")
