"""Whose tag is whose."""

from sandbox.plugin.properties import Tags, changes

OURS = Tags({"team": "platform"}, ignored_keys=frozenset({"cost"}), ignored_prefixes=("auto:",))


def test_the_resource_wins_over_the_defaults() -> None:
    assert OURS.all_of({"team": "mine", "aws:x": "1"}) == {"team": "mine"}


def test_ignored_tags_are_not_looked_at() -> None:
    assert OURS.visible({"cost": "1", "auto:x": "2", "aws:y": "3", "kept": "4"}) == {"kept": "4"}


def test_a_default_tag_is_not_the_resource_s_own() -> None:
    assert OURS.own({"team": "platform", "a": "1"}, {}) == {"a": "1"}


def test_a_default_tag_that_the_program_writes_too_is_its_own() -> None:
    assert OURS.own({"team": "platform"}, {"team": "platform"}) == {"team": "platform"}


def test_a_default_tag_with_another_value_is_the_resource_s_own() -> None:
    assert OURS.own({"team": "other"}, {}) == {"team": "other"}


def test_changes_are_what_to_set_and_what_to_remove() -> None:
    assert changes({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"}) == ({"b": "2", "d": "1"}, ["c"])
