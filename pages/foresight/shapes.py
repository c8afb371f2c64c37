"""The shapes of what a change of the catalog would do; `fleet what-if --json` says the same as the page.

An amount is text, as in the contract. Of a launch's parameters no value is here: some of them are secret.
"""

import datetime as dt
from typing import Literal

from hub.definitions.updates.behavior import Downtime
from hub.definitions.updates.changes import Fate
from pages.index.shape import FORMAT, Shape
from shared.catalog.cost import Estimate

LaunchOutcome = Literal["moves", "updated", "stays", "new", "ends", "refused"]
SpokeOutcome = Literal["refused", "refused already", "follows", "updated", "stays", "unaffected"]


class ForeseenChange(Shape):
    """The change that is looked at.

    Attributes:
        kind: What somebody would do.
        against: What it is compared with: what the hub has deployed, or a revision.
        product: None where the whole catalog is looked at; likewise the version.
        what: What becomes of the catalog, in words.
    """

    kind: Literal["publish", "retire", "edit"]
    against: str
    product: str | None = None
    version: str | None = None
    what: list[str] = []


class Refusal(Shape):
    """Why a run would be refused, in the words in which the preview says it.

    Attributes:
        code: As in the list of refusals; `launch-role-lacks` and `refused-by-cloudformation` are of updates that AWS
            would refuse.
        place: The file and the key; empty where the message is about all of it.
    """

    code: str
    place: str
    message: str


class ForeseenResource(Shape):
    """What becomes of a resource inside a launch.

    Attributes:
        causes: The properties that change, and from which other resource.
        forced_by: Those that make it anew.
        because: By what rule its downtime is said, or why CloudFormation refuses.
    """

    logical_id: str
    type: str
    fate: Fate
    causes: list[str] = []
    forced_by: list[str] = []
    downtime: Downtime
    because: str = ""


class ForeseenLaunch(Shape):
    """What becomes of a launch.

    Attributes:
        selection: The version or the range that its settings name.
        before: The version that runs; empty for a new one.
        after: The version that would run; empty for one that ends, or whose run is refused before it is known.
        resources: None where nobody can say; `unknown` says why.
        downtime: The most that one of its resources brings.
        cost_before: A month; None where the hub publishes no cost.
        notes: What its owner should know beside.
    """

    launch: str
    product: str
    region: str
    selection: str
    before: str
    after: str
    outcome: LaunchOutcome
    refusal: Refusal | None = None
    resources: list[ForeseenResource] | None = []
    unknown: str = ""
    downtime: Downtime = Downtime.NONE
    cost_before: Estimate | None = None
    cost_after: Estimate | None = None
    notes: list[str] = []


class PermissionChange(Shape):
    """What changes of a role that the spoke makes: each right as `action on resource`."""

    role: str
    product: str
    what: Literal["made", "changed", "removed"] = "changed"
    added: list[str] = []
    removed: list[str] = []


class ForeseenSpoke(Shape):
    """What becomes of a spoke.

    Attributes:
        outcome: `stays` where it runs and all its launches stay as they are: what changes is around them, or what is
            said of their version.
        runs: A rollout would run it because of the change.
        deployed: It has been deployed before; if not, what its settings ask of today's catalog stands for that.
        pending: Why a rollout would run it today already.
        refusals: Why its run would be refused.
    """

    stack: str
    account: str
    outcome: SpokeOutcome
    runs: bool
    deployed: bool
    pending: list[str] = []
    refusals: list[Refusal] = []
    launches: list[ForeseenLaunch] = []
    permissions: list[PermissionChange] = []


class Foresight(Shape):
    """What a change of the catalog would do to all spokes.

    Attributes:
        day: The day whose states of versions count.
        notes: What was not looked at.
    """

    format: str = FORMAT
    change: ForeseenChange
    day: dt.date
    spokes: list[ForeseenSpoke]
    notes: list[str] = []
