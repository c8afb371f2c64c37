"""A published template never changes: what the lock file lets through, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.definitions.lock_file import LOCK_FILE, Published, add_to_lock, check_lock, strike_from_lock
from shared.errors import ContentError
from tests.support.refused import refused

FIRST = ("some-model", "1.0.0", "aaaaaaaaaaaaaaaa", Path("products/some-model/1.0.0.yaml"))
SECOND = ("some-model", "1.1.0", "bbbbbbbbbbbbbbbb", Path("products/some-model/1.1.0.yaml"))
CHANGED = ("some-model", "1.0.0", "cccccccccccccccc", Path("products/some-model/1.0.0.yaml"))


def test_what_was_added_passes(tmp_path: Path) -> None:
    assert ["some-model 1.0.0", "some-model 1.1.0"] == add_to_lock(tmp_path, [FIRST, SECOND])

    check_lock(tmp_path, [FIRST, SECOND])


def test_a_version_that_was_never_locked_is_refused(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])

    with refused(ContentError, "version-not-locked", "some-model/1.1.0.yaml"):
        check_lock(tmp_path, [FIRST, SECOND])


def test_a_catalog_without_a_lock_file_is_refused(tmp_path: Path) -> None:
    with refused(ContentError, "version-not-locked"):
        check_lock(tmp_path, [FIRST])


def test_a_changed_template_is_refused_with_both_hashes_and_the_way_out(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])

    with refused(ContentError, "published-template-changed", "some-model/1.0.0.yaml") as found:
        check_lock(tmp_path, [CHANGED])

    assert "(locked sha256 aaaaaaaaaaaa…, found cccccccccccc…). Restore it" in str(found.value)


def test_a_changed_template_cannot_be_locked_anew_and_nothing_is_written(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])
    before = (tmp_path / LOCK_FILE).read_text()

    with refused(ContentError, "published-template-changed"):
        add_to_lock(tmp_path, [SECOND, CHANGED])

    assert before == (tmp_path / LOCK_FILE).read_text()


def test_a_version_that_is_no_longer_in_the_catalog_keeps_its_lock(tmp_path: Path) -> None:
    """Its number can never be given to another template."""
    add_to_lock(tmp_path, [FIRST])
    add_to_lock(tmp_path, [SECOND])

    with refused(ContentError, "published-template-changed"):
        add_to_lock(tmp_path, [CHANGED])


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])
    before = (tmp_path / LOCK_FILE).stat().st_mtime_ns

    assert [] == add_to_lock(tmp_path, [FIRST])
    assert before == (tmp_path / LOCK_FILE).stat().st_mtime_ns


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("templates: {some-model: {'1.0': abc}}", "invalid-value", ""),
        ("hashes: {}", "unknown-key", "templates.lock: hashes"),
        ("templates: [a]", "invalid-value", "templates.lock: templates"),
    ],
)
def test_a_damaged_lock_file_is_refused(tmp_path: Path, text: str, code: str, place: str) -> None:
    (tmp_path / LOCK_FILE).write_text(text)

    with refused(ContentError, code, place):
        check_lock(tmp_path, [FIRST])


def test_a_published_version_that_is_missing_is_refused(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST, SECOND])

    with refused(ContentError, "published-version-missing", "some-model/product.yaml") as found:
        check_lock(tmp_path, [FIRST])

    assert "1.1.0" in str(found.value)


def test_a_product_that_is_missing_is_refused(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])

    with refused(ContentError, "published-version-missing", "some-model/product.yaml"):
        check_lock(tmp_path, [])


def test_versions_may_stand_in_any_order(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST, SECOND])

    check_lock(tmp_path, [SECOND, FIRST])
    assert [] == add_to_lock(tmp_path, [SECOND, FIRST])


def test_a_version_that_was_let_go_may_be_missing(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST, SECOND])

    strike_from_lock(tmp_path, "some-model", "1.0.0")

    check_lock(tmp_path, [SECOND])
    assert FIRST[2] not in (tmp_path / LOCK_FILE).read_text()


@pytest.mark.parametrize("act", [check_lock, add_to_lock])
def test_the_number_of_a_version_that_was_let_go_never_comes_back(
    tmp_path: Path, act: Callable[[Path, Published], object]
) -> None:
    add_to_lock(tmp_path, [FIRST, SECOND])
    strike_from_lock(tmp_path, "some-model", "1.0.0")
    before = (tmp_path / LOCK_FILE).read_text()

    with refused(ContentError, "version-removed", "some-model/product.yaml"):
        act(tmp_path, [CHANGED, SECOND])

    assert before == (tmp_path / LOCK_FILE).read_text()


def test_what_was_let_go_is_remembered_when_others_are_added(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])
    strike_from_lock(tmp_path, "some-model", "1.0.0")
    add_to_lock(tmp_path, [SECOND])

    with refused(ContentError, "version-removed"):
        check_lock(tmp_path, [FIRST, SECOND])


@pytest.mark.parametrize(("product", "version"), [("some-model", "9.0.0"), ("another-model", "1.0.0")])
def test_what_is_not_locked_cannot_be_let_go(tmp_path: Path, product: str, version: str) -> None:
    add_to_lock(tmp_path, [FIRST])

    with refused(ContentError, "nothing-to-remove", LOCK_FILE):
        strike_from_lock(tmp_path, product, version)
