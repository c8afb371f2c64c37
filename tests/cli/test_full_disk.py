"""On a full disk a command says so in one line, ends with another code than 0, and leaves every file as it was."""

import errno
import os
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

EMBEDDER = "text-embedder-serverless"
TEMPLATE = f"hub/catalog/products/{EMBEDDER}/1.0.0.yaml"


def files(folder: Path) -> dict[str, bytes]:
    """Give every file with its content."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


@pytest.mark.parametrize("fills", range(5))
@pytest.mark.parametrize(
    "words",
    [
        ("models", "new", "churn-scorer", "--template", TEMPLATE, "--portfolio", "online-inference"),
        ("models", "new-version", EMBEDDER, "1.1.0", "--template", TEMPLATE),
        ("models", "lock"),
        ("models", "check", "--write-schemas"),
        ("spoke", "new", "finance", "666677778888", "--region", "eu-central-1"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nothing_is_changed_and_nothing_is_left(
    catalog: CatalogCopy,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    fills: int,
) -> None:
    """However many of the files still fit."""
    catalog.replace("templates.lock", f"  {EMBEDDER}:\n", f"  {EMBEDDER}: {{}}\n  another:\n")
    (catalog.folder / "schemas" / "product.json").write_text("{}")
    before, right, written = files(tmp_path), os.fsync, list[int]()

    def fill(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > fills:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        right(descriptor)

    monkeypatch.setattr(os, "fsync", fill)
    ended = command(*words)

    if len(written) > fills and before == files(tmp_path):
        assert ExitCode.NOT_REACHED == ended.code
        assert ended.err.splitlines()[-1].endswith(
            "cannot be written (No space left on device). Nothing was changed. Free some space there, and run it again."
        )
    else:  # all of it fitted
        assert 0 == ended.code
    assert [] == [each for each in files(tmp_path) if each.endswith((".aside", ".before"))]
