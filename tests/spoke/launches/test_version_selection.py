"""Which version a launch runs, on which day."""

import datetime as dt
from typing import Any, cast

import pytest

from shared.catalog.contract import Product
from shared.errors import LaunchError
from spoke.launches.version_selection import select_version
from tests.support.catalog_copy import DAY
from tests.support.offers import product, version
from tests.support.refused import refused

TOMORROW = DAY + dt.timedelta(days=1)
WHERE = "Pulumi.spoke-research.yaml: launches[0] (scoring)"


def offered(**states: object) -> Product:
    """Give a product with versions, each with what is said of its end."""
    versions: dict[str, Any] = {}
    for name, end in states.items():
        number = name.removeprefix("v").replace("_", ".")
        ended = {"state": end} if isinstance(end, str) else cast("dict[str, Any]", end)
        versions[number] = {**version(f"pa-{number}", {}), **ended}
    return Product.model_validate({"first_key": "scorer", **product("scorer", "online", versions)})


@pytest.mark.parametrize(
    ("wanted", "number"),
    [("1.0.0", "1.0.0"), ("~1.0", "1.0.10"), ("~1", "1.1.0"), ("^1.0.2", "1.1.0"), ("^2", "2.0.0"), ("1.0.2", "1.0.2")],
)
def test_a_range_means_its_newest_version(wanted: str, number: str) -> None:
    versions = ("v1_0_0", "v1_0_2", "v1_0_10", "v1_1_0", "v2_0_0")
    scorer = offered(**dict.fromkeys(versions, "active"))

    assert number == select_version(scorer, wanted, DAY, where=WHERE).number


def test_a_range_passes_over_what_has_come_to_its_end() -> None:
    scorer = offered(v1_0_0="active", v1_0_1="deprecated", v1_0_2="retired")

    assert ("1.0.0", "active") == chosen(scorer, "~1.0", DAY)


def test_a_range_without_an_active_version_means_the_newest_deprecated_one() -> None:
    """What runs already may still be updated to it."""
    scorer = offered(v1_0_0="deprecated", v1_0_1="deprecated", v1_0_2="retired")

    assert ("1.0.1", "deprecated") == chosen(scorer, "~1.0", DAY)


def test_a_date_that_has_passed_counts_before_the_hub_has_run() -> None:
    scorer = offered(v1_0_0={"state": "active", "deprecated_on": str(TOMORROW), "retires_on": "2027-03-01"})

    assert ("1.0.0", "active") == chosen(scorer, "1.0.0", DAY)
    assert ("1.0.0", "deprecated") == chosen(scorer, "1.0.0", TOMORROW)
    assert ("1.0.0", "retired") == chosen(scorer, "1.0.0", dt.date(2027, 3, 1))


@pytest.mark.parametrize(("wanted", "which"), [("3.0.0", "does not offer"), ("~1.0", "no longer offers")])
def test_a_version_that_is_not_there_is_refused_with_those_that_are(wanted: str, which: str) -> None:
    scorer = offered(v1_0_0="retired", v1_10_0="active", v1_9_0="deprecated")

    with refused(LaunchError, "version-not-offered", f"{WHERE}: version") as found:
        select_version(scorer, wanted, DAY, where=WHERE)
    assert f"the hub {which}. It offers of The scorer: 1.0.0 (retired), 1.9.0 (deprecated), 1.10.0." in str(found.value)


def test_a_product_without_versions_offers_none() -> None:
    with refused(LaunchError, "version-not-offered") as found:
        select_version(offered(), "1.0.0", DAY, where=WHERE)
    assert str(found.value).endswith(": none.")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (
            {
                "state": "active",
                "deprecated_on": "2026-10-01",
                "retires_on": "2027-03-01",
                "replacement": "1.1.0",
                "reason": "Too low.",
            },
            "1.0.0 is deprecated since 2026-10-01 and will be retired on 2027-03-01 (Too low). Use 1.1.0 instead.",
        ),
        ({"state": "deprecated"}, "1.0.0 is deprecated."),
        ({"state": "active", "retires_on": "2026-11-01", "reason": "Old"}, "1.0.0 is retired since 2026-11-01 (Old)."),
    ],
)
def test_the_end_of_a_version_is_told_in_words(end: dict[str, str], said: str) -> None:
    assert said == select_version(offered(v1_0_0=end), "1.0.0", DAY, where=WHERE).end


def chosen(product: Product, wanted: str, day: dt.date) -> tuple[str, str]:
    """Choose, and give number and state."""
    choice = select_version(product, wanted, day, where=WHERE)
    return choice.number, choice.state
