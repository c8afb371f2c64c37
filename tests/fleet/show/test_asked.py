"""A plan says which line asks for what, and what in the platform team's files comes to nothing."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import make_plan
from fleet.show.reporting import explain, plan_document, show_plan
from tests.support.fleet.asking import SUBNETS, A, B, C, FakeAccounts, asking, scoring
from tests.support.fleet.making import Member, organization, spoke
from tests.support.many import SCORING, entry, line_with


def test_a_plan_says_for_each_launch_which_line_asks_for_it(tmp_path: Path) -> None:
    found = asking(
        tmp_path,
        entry(SCORING, whom={"units": ["Live"]}, mayOverride=["timeout"]),
        entry(name="labels", defaults={"parameters": {"Label": {"accountTag": "label"}}}),
    )
    override, search = (
        [{"launch": "scoring", "timeout": "50m"}],
        {"name": "search", "product": "embedder", "version": "1.0.0"},
    )
    mine = spoke(tmp_path, "a", A, launches=[search], overrides=override)
    plan = make_plan(replace(found, spokes={mine.stack: mine}))
    lines = (tmp_path / "Pulumi.spoke-a.yaml").read_text().splitlines()

    [document] = plan_document(plan)["spokes"]

    def own(text: str) -> str:
        return f"Pulumi.spoke-a.yaml:{next(number for number, line in enumerate(lines, 1) if text in line)}"

    by_name = {each["launch"]: each for each in document["launches"]}
    assert by_name["scoring"] == {
        "launch": "scoring",
        "product": "scorer",
        "version": "1.1.0",
        "asked_by": line_with(tmp_path, "name: scoring"),
        "entry": "baseline",
        "because": "unit Live",
        "keys": {
            "parameters.Label": {"asked_by": line_with(tmp_path, "Label:"), "because": "default of labels"},
            "timeout": {"asked_by": own("timeout: 50m"), "because": "overridden"},
        },
        "sources": {"Label": "the tag label of the account"},
    }
    assert (own("name: search"), None) == (by_name["search"]["asked_by"], by_name["search"]["entry"])


def shown(found: Inventory, why: str = "") -> str:
    """Print a plan, or why one spoke would run."""
    console = Console(file=StringIO(), width=300)
    plan = make_plan(found)
    if why:
        explain(plan.verdicts[why], plan, console)
    else:
        show_plan(plan, console)
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_a_plan_says_how_many_spokes_a_line_is_for_and_who_leaves_it_out(tmp_path: Path) -> None:
    found = asking(tmp_path, entry(SCORING))
    out = spoke(tmp_path, "b", B, launches=[], optOut=[{"launch": "scoring", "reason": "has none"}])

    printed = shown(replace(found, spokes={**found.spokes, "spoke-b": out}))

    line = line_with(tmp_path, "name: scoring")
    assert f"{line}: scoring (baseline) for 2 of 3 spokes; left out by spoke-b (has none)" in printed


def test_why_a_spoke_runs_says_which_line_asks_for_what(tmp_path: Path, accounts: FakeAccounts) -> None:
    assert accounts.values
    printed = shown(asking(tmp_path, entry(scoring(Subnets=SUBNETS))), why="spoke-a")

    assert f"  scoring: {line_with(tmp_path, 'name: scoring')} (entry baseline: all)\n" in printed
    assert "parameters.Subnets takes the parameter /network/subnets of Systems Manager" in printed


def notes(found: Inventory) -> str:
    return "\n".join(make_plan(found).notes)


def test_what_comes_to_nothing_is_noted(tmp_path: Path) -> None:
    defaults = {"parameters": {"Sublets": "x"}, "products": {"scores": {}, "scorer": {"parameters": {"NoLabel": "x"}}}}

    told = notes(asking(tmp_path, entry(SCORING, whom={"accounts": ["399999999999"]}, defaults=defaults)))

    assert "the entry baseline is for none of the spokes" in told
    assert f"{line_with(tmp_path, 'Sublets')}: no product has a parameter Sublets" in told
    assert f"{line_with(tmp_path, 'scores:')}: no hub publishes a product scores" in told
    assert "scorer has no parameter NoLabel" in told


@pytest.mark.parametrize(
    ("member", "behind"),
    [
        (Member(id=A, unit="Live", tags={"label": "one"}), False),
        (Member(id=A, unit="Moved", tags={"label": "one"}), True),
        (Member(id=A, unit="Live", tags={"label": "two"}), True),
    ],
)
def test_a_file_that_is_behind_the_organization_is_noted(tmp_path: Path, member: Member, behind: bool) -> None:  # noqa: FBT001
    whom = [{"units": ["Live"]}, {"tags": {"label": "one"}}]
    members = organization(member, Member(id=B, unit="Live", tags={}), Member(id=C, unit="Test", tags={}))

    told = notes(asking(tmp_path, entry(SCORING, whom=whom), organization=members))

    assert behind is (f"accounts.yaml is behind the organization, and spokes go by what it says: {A}" in told)
