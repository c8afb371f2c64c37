"""How launches moved from version to version."""

import datetime as dt

from fleet.show.history import stays_of
from fleet.store.history import Chain, Event, StoredEvent
from pages.platform_team.adoption import adoption_of
from pages.platform_team.shapes import Adoption
from tests.support.fleet.events import BEGUN, event, launch

DAY = BEGUN.date()


def adoption(*chains: list[Event], day: int = 30) -> list[Adoption]:
    """Count what stacks with these events ran, as it is so many days after the first."""
    stays = [
        stay
        for number, events in enumerate(chains)
        for stay in stays_of(
            Chain(
                stack=f"spoke-{number}",
                stored=[StoredEvent(number=place, content=b"", event=each) for place, each in enumerate(events, 1)],
                problems=[],
            )
        )
    ]
    return adoption_of(stays, DAY + dt.timedelta(days=day))


def counts(found: Adoption) -> dict[str, list[int]]:
    return {each.version: each.counts for each in found.versions}


def test_launches_are_counted_at_the_end_of_each_day_on_which_one_moved() -> None:
    [found] = adoption(
        [event(0, launch(version="1.0.0")), event(2, launch(version="1.10.0"))],
        [event(1, launch(version="1.0.0"), account="300000000002"), event(4, launch(version="1.9.0"))],
    )

    assert [DAY + dt.timedelta(days=days) for days in (0, 1, 2, 4, 30)] == found.days
    assert {"1.0.0": [1, 2, 1, 0, 0], "1.9.0": [0, 0, 0, 1, 1], "1.10.0": [0, 0, 1, 1, 1]} == counts(found)
    assert ["1.0.0", "1.9.0", "1.10.0"] == [each.version for each in found.versions]
    first = found.versions[0]
    assert (2, 0, DAY, DAY + dt.timedelta(days=4)) == (first.most, first.accounts, first.first, first.last)


def test_a_version_that_a_launch_came_back_to_has_not_been_left() -> None:
    [found] = adoption([event(0, launch()), event(1, launch(version="1.1.0")), event(2, launch())])

    assert {"1.0.0": [1, 0, 1, 1], "1.1.0": [0, 1, 0, 0]} == counts(found)
    assert [None, DAY + dt.timedelta(days=2)] == [each.last for each in found.versions]


def test_a_product_whose_key_changed_is_one_by_its_last_name() -> None:
    [found] = adoption([event(0, launch())], [event(3, launch(product="text-embedder"))])

    assert "text-embedder" == found.product
    assert {"1.0.0": [1, 2, 2]} == counts(found)


def test_what_happened_after_the_day_of_the_question_is_not_counted() -> None:
    [found] = adoption([event(0, launch()), event(9, launch(version="1.1.0"))], day=5)

    assert {"1.0.0": [1, 1]} == counts(found)
    assert [] == adoption([event(9, launch())], day=5)


def test_a_version_that_nobody_knew_the_number_of_stands_last() -> None:
    [found] = adoption([event(0, launch(version="pa-unknown")), event(1, launch(version="2.0.0"))])

    assert ["2.0.0", "pa-unknown"] == [each.version for each in found.versions]


def test_without_a_history_nothing_was_adopted() -> None:
    assert [] == adoption()
