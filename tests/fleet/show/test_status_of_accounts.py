"""What accounts run, beside what stacks have deployed."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from rich.console import Console

from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import make_plan
from fleet.show.account_launches import AccountLaunch, AccountLaunches
from fleet.show.status import Row, beside_accounts, rows_of, show_status
from tests.support.launched import OWNER, provisioned

A, B = "300000000001", "300000000002"


def launch_of(account: str, stack: str = "", **changed: Any) -> AccountLaunch:  # noqa: ANN401 - any field
    """Give a launch that an account has."""
    launched = provisioned(account=account, product_id="prod-embedder", **{"name": "search", **changed})
    return AccountLaunch(
        provisioned=launched,
        product="embedder",
        original_key="embedder",
        version="1.0.0",
        state="active",
        stack=stack,
    )


def accounts(*launches: AccountLaunch, unread: Mapping[str, str] | None = None) -> AccountLaunches:
    """Give what both accounts run."""
    return AccountLaunches(launches=launches, read={A, B} - {*(unread or {})}, unread=unread or {}, unknown=[])


def told(found: Inventory, there: AccountLaunches) -> tuple[list[Row], str]:
    """Put what accounts have beside the status, and print it."""
    plan = make_plan(found)
    rows = beside_accounts(plan, rows_of(plan), there)
    console = Console(file=StringIO(), width=300)
    show_status(plan, rows, console, there)
    assert isinstance(console.file, StringIO)
    return rows, console.file.getvalue()


def test_a_launch_in_error_comes_first_with_awss_reason(two: Inventory) -> None:
    failed = launch_of(B, "spoke-b", status="ERROR", reason="no such role")

    rows, printed = told(two, accounts(launch_of(A, "spoke-a"), failed))

    assert [("spoke-b", "ERROR", "no such role"), ("spoke-a", "AVAILABLE", "")] == [
        (row.stack, row.status, row.reason) for row in rows
    ]
    assert printed.startswith("failed: search in spoke-b: no such role\n")


def test_what_no_stack_declares_stands_apart(two: Inventory) -> None:
    by_hand = launch_of(A, name="mine")

    rows, printed = told(two, accounts(launch_of(A, "spoke-a"), by_hand, launch_of(B, "spoke-b")))

    table, _, apart = printed.partition("1 launch that no stack declares:")
    assert "mine" not in table
    assert ["mine", "embedder", "1.0.0"] == apart.splitlines()[-1].split()[1:4]
    assert OWNER in apart
    assert ["spoke-a", "spoke-b", ""] == [row.stack for row in rows]
    assert "2 launches in 2 spokes" in table


def test_a_launch_that_somebody_terminated_is_gone_and_what_was_not_seen_is_as_recorded(two: Inventory) -> None:
    rows, printed = told(two, accounts(unread={B: "not authorized"}))

    assert [("spoke-a", "gone"), ("spoke-b", "AVAILABLE")] == [(row.stack, row.status) for row in rows]
    assert f"not looked at: {B}: not authorized" in printed


def test_what_no_stack_declares_is_filtered_too(two: Inventory) -> None:
    plan, there = make_plan(two), accounts(launch_of(A, name="mine"))

    assert ["mine"] == [row.launch for row in beside_accounts(plan, [], there, product="embedder", version="1.0.0")]
    assert [] == beside_accounts(plan, [], there, product="scorer")
