"""What a run that died was doing is brought in line with the account: what becomes of each kind of operation."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws
import pytest

from fleet.recover import reconcile as module
from fleet.recover.reconcile import FINDERS, SETTLERS, Reconciled, reconcile, remedy
from fleet.recover.search import UNKNOWN, Absent, Found, Inputs, NotOurs, Search, Unclear
from shared.aws.session import AccountSession
from tests.support.fake_account import FakeAccount, denied
from tests.support.paths import ROOT

URN = "urn:pulumi:spoke-a::model-catalog-spoke"
KIND = "aws:iam/role:Role"
ROLE: Mapping[str, Any] = {
    "urn": f"{URN}::{KIND}::scorer-launch",
    "type": KIND,
    "custom": True,
    "inputs": {"name": "Launch"},
}
COMPONENT: Mapping[str, Any] = {
    "urn": f"{URN}::modelcatalog:spoke:ProductRoles::scorer",
    "type": "modelcatalog:spoke:ProductRoles",
    "custom": False,
}
PROVIDER: Mapping[str, Any] = {
    "urn": f"{URN}::pulumi:providers:aws::account",
    "type": "pulumi:providers:aws",
    "custom": True,
}
UNKNOWN_TYPE: Mapping[str, Any] = {
    "urn": f"{URN}::aws:sns/topic:Topic::t",
    "type": "aws:sns/topic:Topic",
    "custom": True,
}
ACCOUNT = cast("AccountSession", FakeAccount("333344445555", {}, {}))
TAGS = {"model-catalog-spoke": "spoke-a"}


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let a search find this, by the name of a role; an exception is raised."""
    found: dict[str, Any] = {}

    def find(search: Search, given: Inputs) -> Found:
        assert TAGS == search.tags
        answer = found.get(given["name"], Absent())
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Found) else Found(id=search.only(KIND, "it", [answer], ()))

    monkeypatch.setattr(module, "FINDERS", {KIND: find})
    return found


def account() -> AccountSession:
    """Give an account that nobody asks anything."""
    return cast("AccountSession", FakeAccount("333344445555", {}, {}))


def settled(
    *operations: tuple[str, Mapping[str, Any]], state: list[dict[str, Any]] | None = None
) -> tuple[Reconciled, list[dict[str, Any]], list[Any]]:
    """Settle operations on a state; gives what became of them, its resources, and what is pending still."""
    pending = [{"type": kind, "resource": dict(resource)} for kind, resource in operations]
    deployment: dict[str, Any] = {"resources": state or [], "pending_operations": pending}
    done = reconcile(deployment, account(), TAGS)
    return done, deployment["resources"], deployment.get("pending_operations") or []


@pytest.mark.parametrize("folder", ["hub/resources", "spoke/resources", "organization", "shared/stack"])
def test_every_type_that_a_program_makes_can_be_looked_for(folder: str) -> None:
    made = {kind for module in (ROOT / folder).rglob("*.py") for kind in types_in(module)}

    assert made
    assert set() == made - FINDERS.keys()


def types_in(module: Path) -> Iterator[str]:
    """List the types of the resources of the provider that a module makes."""
    for call in (node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)):
        made = re.fullmatch(r"aws\.(\w+)\.([A-Z]\w+)", ast.unparse(call.func))
        kind = getattr(getattr(pulumi_aws, made[1]), made[2]) if made else None
        if kind and issubclass(kind, pulumi.CustomResource):
            yield str(vars(kind)["pulumi_type"])


def test_whatever_aws_goes_on_with_by_itself_is_waited_for() -> None:
    assert set() == SETTLERS.keys() - FINDERS.keys()
    assert {"ProvisionedProduct", "Stack", "StackSet", "StackInstances", "PortfolioShare"} == {
        kind.rpartition(":")[2] for kind in SETTLERS
    }


def test_what_had_been_made_is_taken_over_with_its_id(there: dict[str, Any]) -> None:
    there["Launch"] = "Launch"

    done, resources, pending = settled(("creating", ROLE))

    assert ["scorer-launch had been created, and was taken into the state: Launch"] == done.told
    [taken] = resources
    assert ("Launch", ROLE["inputs"], ROLE["inputs"]) == (taken["id"], taken["inputs"], taken["outputs"])
    assert [] == pending


@pytest.mark.usefixtures("there")
def test_what_had_not_been_made_is_forgotten() -> None:
    done, resources, pending = settled(("creating", ROLE))

    assert (["scorer-launch had not been created"], [], []) == (done.told, resources, pending)


def test_what_somebody_else_made_is_left_alone_and_told(there: dict[str, Any]) -> None:
    there["Launch"] = NotOurs("the role Launch is there without the stack's tags")

    done, resources, pending = settled(("creating", ROLE))

    assert ([], []) == (resources, pending)
    [told] = done.foreign
    assert "had not been created by this stack, so nothing was touched: the role Launch is there" in told


@pytest.mark.parametrize("problem", [Unclear("it is there 2 times: a, b"), denied("GetRole")])
def test_what_cannot_be_told_stays_pending_with_the_reason(there: dict[str, Any], problem: Exception) -> None:
    there["Launch"] = problem

    done, resources, pending = settled(("creating", ROLE))

    assert ([], 1) == (resources, len(pending))
    lines = list(remedy("spoke-a", done.left))
    assert "  scorer-launch (aws:iam/role:Role): name Launch: " in lines[1]
    assert str(problem) in lines[1]
    assert "then run it again: model-catalog stack recover spoke-a" == lines[-1]


@pytest.mark.usefixtures("there")
def test_a_type_that_nobody_knows_is_never_forgotten() -> None:
    done, _, pending = settled(("creating", UNKNOWN_TYPE))

    assert ([UNKNOWN_TYPE["urn"]], 1) == ([each["resource"]["urn"] for each in pending], len(done.left))


def test_a_component_is_nothing_in_the_account_and_is_kept() -> None:
    done, resources, pending = settled(("creating", COMPONENT), ("creating", COMPONENT))

    assert ([], [dict(COMPONENT)], []) == (done.told, resources, pending)


def test_the_engines_own_is_made_anew_by_the_next_run() -> None:
    done, resources, pending = settled(
        ("creating", PROVIDER), ("reading", {**PROVIDER, "type": "pulumi:pulumi:StackReference"})
    )

    assert ([], [], []) == (done.told, resources, pending)


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading"])
def test_what_was_there_before_is_only_compared(kind: str) -> None:
    state = [{**ROLE, "id": "Launch"}]

    done, resources, pending = settled((kind, {**ROLE, "id": "Launch"}), state=state)

    assert [f"{kind} scorer-launch was under way: compared with the account"] == done.told
    assert (1, []) == (len(resources), pending)


def test_the_same_creation_twice_is_taken_over_once(there: dict[str, Any]) -> None:
    there["Launch"] = "Launch"

    done, resources, _ = settled(("creating", ROLE), ("creating", ROLE))

    assert (1, 1) == (done.taken, len(resources))


def test_a_replacement_that_was_made_takes_the_place_of_what_it_replaces(there: dict[str, Any]) -> None:
    there["New"] = "new"
    before, behind = {**ROLE, "id": "old"}, {**ROLE, "urn": f"{URN}::x", "id": "x"}

    done, resources, _ = settled(("creating", {**ROLE, "inputs": {"name": "New"}}), state=[before, behind])

    assert [("new", False), ("old", True), ("x", False)] == [
        (each["id"], bool(each.get("delete"))) for each in resources
    ]
    assert 1 == done.taken


def test_a_replacement_whose_predecessor_is_gone_already_stands_alone(there: dict[str, Any]) -> None:
    there["New"] = "new"

    _, resources, _ = settled(
        ("creating", {**ROLE, "inputs": {"name": "New"}}), state=[{**ROLE, "id": "old", "pendingReplacement": True}]
    )

    assert ["new"] == [each["id"] for each in resources]


@pytest.mark.usefixtures("there")
def test_a_replacement_that_was_not_made_leaves_its_predecessor_as_it_was() -> None:
    before = {**ROLE, "id": "old", "pendingReplacement": True}

    _, resources, _ = settled(("creating", ROLE), state=[before])

    assert [before] == resources


def test_what_was_made_twice_already_goes_with_the_next_run(there: dict[str, Any]) -> None:
    """After `pulumi cancel` and `pulumi up` the state has the second one, and the creation of the first still pends."""
    there["Launch"] = "first"
    second = {**ROLE, "id": "second", "protect": True}

    done, resources, pending = settled(("creating", ROLE), state=[second])

    assert [("second", False), ("first", True)] == [(each["id"], bool(each.get("delete"))) for each in resources]
    assert (False, []) == (resources[1]["protect"], pending)
    assert 1 == done.taken


def test_what_a_preview_would_create_and_is_there_is_taken_over_with_what_it_is_part_of(there: dict[str, Any]) -> None:
    there["Launch"] = Found(id="Launch-1", inputs={"name": "Launch-1"})
    planned = [
        {**COMPONENT, "parent": "urn:stack"},
        {
            **ROLE,
            "parent": COMPONENT["urn"],
            "dependencies": ["urn:stack", "urn:not-there"],
            "propertyDependencies": {"name": ["urn:not-there"], "path": None},
        },
    ]
    deployment: dict[str, Any] = {"resources": [{"urn": "urn:stack", "type": "pulumi:pulumi:Stack"}]}

    done = reconcile(deployment, account(), TAGS, planned)

    assert 1 == done.taken
    assert ["urn:stack", COMPONENT["urn"], ROLE["urn"]] == [each["urn"] for each in deployment["resources"]]
    taken = deployment["resources"][-1]
    assert ("Launch-1", {"name": "Launch-1"}) == (taken["id"], taken["inputs"])
    assert (["urn:stack"], {"name": [], "path": []}) == (taken["dependencies"], taken["propertyDependencies"])


def test_what_is_made_of_something_unknown_waits_until_that_is_known(there: dict[str, Any]) -> None:
    """Or its state would have the mark of the unknown in place of what it was made of."""
    there["Launch"] = "Launch"
    deployment: dict[str, Any] = {}
    planned = {**ROLE, "inputs": {"name": "Launch", "nested": [{"url": UNKNOWN}]}}

    assert 0 == reconcile(deployment, account(), TAGS, [planned]).taken


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("resource", [ROLE, {**ROLE, "inputs": {"name": UNKNOWN}}, UNKNOWN_TYPE, COMPONENT, PROVIDER])
def test_of_what_a_preview_would_create_and_is_not_there_nothing_is_said(resource: Mapping[str, Any]) -> None:
    deployment: dict[str, Any] = {}

    done = reconcile(deployment, account(), TAGS, [dict(resource)])

    assert ([], [], 0, []) == (done.told, done.left, done.taken, deployment["resources"])


def test_what_a_preview_would_create_and_nobody_can_tell_is_said_and_not_pending(there: dict[str, Any]) -> None:
    there["Launch"] = Unclear("it is there 2 times")
    deployment: dict[str, Any] = {}

    done = reconcile(deployment, account(), TAGS, [dict(ROLE)])

    assert 1 == len(done.left)
    assert "pending_operations" not in deployment


def test_what_moves_by_itself_is_waited_for_before_it_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    launch = {**ROLE, "type": module.LAUNCH, "id": "pp-1"}

    def wait(_search: Search, identity: str, _given: Inputs) -> None:
        waited.append(identity)

    monkeypatch.setattr(module, "SETTLERS", {module.LAUNCH: wait})

    _ = settled(("updating", launch), ("deleting", launch), state=[launch])

    assert ["pp-1", "pp-1"] == waited
