"""A published template never changes: what the lock file lets through, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.definitions.lock_document import LOCK_FILE
from hub.definitions.lock_file import Known, Published, add_to_lock, check_lock, known_from, strike_from_lock
from shared.errors import ContentError
from tests.support.refused import refused

FIRST = ("some-model", "1.0.0", "a" * 64, Path("products/some-model/1.0.0.yaml"))
SECOND = ("some-model", "1.1.0", "b" * 64, Path("products/some-model/1.1.0.yaml"))
CHANGED = ("some-model", "1.0.0", "c" * 64, Path("products/some-model/1.0.0.yaml"))


def test_what_was_added_passes(tmp_path: Path) -> None:
    assert ["some-model 1.0.0", "some-model 1.1.0"] == add_to_lock(tmp_path, [FIRST, SECOND])

    check_lock(tmp_path, [FIRST, SECOND])


def test_a_version_that_was_never_locked_is_refused(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])

    with refused(ContentError, "version-not-locked", "some-model/1.1.0.yaml"):
        check_lock(tmp_path, [FIRST, SECOND])


def test_all_that_does_not_fit_the_lock_file_is_told_at_once(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST, SECOND])
    third = (*FIRST[:1], "1.2.0", *FIRST[2:])

    with refused(ContentError, "several-mistakes") as found:
        check_lock(tmp_path, [CHANGED, third])

    codes = ["published-version-missing", "published-template-changed", "version-not-locked"]
    assert codes == [each.code for each in found.value.all]
    check_lock(tmp_path, [FIRST, SECOND], whole=False)


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
        (f"templates:\n  some-model:\n    1.0.0: {'a' * 63}\n", "invalid-value", "templates.some-model.1.0.0"),
        (f"templates:\n  a:\n    1.0.0: {'a' * 64}\n    1.0.0: {'b' * 64}\n", "lock-torn", "templates.lock:4"),
        ("templates:\n  a: {1.0.0", "lock-torn", ""),
        ("templates:\n  a:\n\t- b\n", "lock-torn", "templates.lock:3"),
        ("templates:\n<<<<<<< HEAD\n  a: {}\n", "lock-conflict", "templates.lock:2"),
        ("templates:\n  a: {}\n=======\n", "lock-conflict", "templates.lock:3"),
        ("templates:\n  a: {}\n>>>>>>> their branch\n", "lock-conflict", "templates.lock:3"),
        ("# Größe\ntemplates: {}\n# \xe9\n".encode("latin-1"), "lock-not-text", "templates.lock:1"),
        ("templates: {}".encode("utf-16"), "lock-not-text", "templates.lock:1"),
        ("", "lock-empty", "templates.lock"),
        ("# The SHA-256 of every published template.", "lock-empty", "templates.lock"),
    ],
)
def test_a_damaged_lock_file_is_refused_and_left_as_it_is(
    tmp_path: Path, text: str | bytes, code: str, place: str
) -> None:
    content = text.encode() if isinstance(text, str) else text
    (tmp_path / LOCK_FILE).write_bytes(content)

    for act in (check_lock, add_to_lock):
        with refused(ContentError, code, place):
            act(tmp_path, [FIRST])
    with refused(ContentError, code, place):
        strike_from_lock(tmp_path, "some-model", "1.0.0")

    assert content == (tmp_path / LOCK_FILE).read_bytes()


def test_a_lock_file_that_nobody_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).mkdir()

    with refused(ContentError, "file-unreadable", LOCK_FILE):
        check_lock(tmp_path, [FIRST])


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (Known("AWS", {("some-model", "1.1.0"): ["d" * 64]}), f"templates: some-model: 1.1.0: {'d' * 64}  (AWS)"),
        (Known("AWS", {("some-model", "1.0.0"): ["d" * 64]}), f"1.0.0: {'d' * 64}  (AWS; here aaaaaaaaaaaa…)"),
        (Known("git, 1a2b", {}, [("some-model", "0.9.0")]), "removed: some-model: - 0.9.0  (git, 1a2b)"),
    ],
    ids=["missing", "another", "forgotten that it was removed"],
)
def test_what_is_known_elsewhere_is_not_locked_anew(tmp_path: Path, known: Known, line: str) -> None:
    add_to_lock(tmp_path, [FIRST])
    before = (tmp_path / LOCK_FILE).read_text()

    with refused(ContentError, "lock-forgotten", LOCK_FILE) as found:
        add_to_lock(tmp_path, [FIRST, SECOND], [known])

    assert line in str(found.value)
    assert before == (tmp_path / LOCK_FILE).read_text()


def test_all_that_is_forgotten_is_told_at_once(tmp_path: Path) -> None:
    with refused(ContentError, "lock-forgotten") as found:
        add_to_lock(tmp_path, [FIRST], [Known("AWS", {("a", "1.0.0"): ["a" * 64], ("b", "1.0.0"): ["b" * 64]})])

    assert 2 == str(found.value).count("(AWS)")


def test_what_is_known_elsewhere_and_here_is_no_mistake(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST, SECOND])
    strike_from_lock(tmp_path, "some-model", "1.0.0")
    text = (tmp_path / LOCK_FILE).read_text()
    published = Known("AWS", {("some-model", "1.0.0"): [FIRST[2]], ("some-model", "1.1.0"): ["d" * 64, SECOND[2]]})

    assert [] == add_to_lock(tmp_path, [SECOND], [published, known_from(text, "git")])


def test_a_removal_that_was_taken_back_is_no_mistake(tmp_path: Path) -> None:
    add_to_lock(tmp_path, [FIRST])

    assert [] == add_to_lock(tmp_path, [FIRST], [Known("git", {}, [("some-model", "1.0.0")])])


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
