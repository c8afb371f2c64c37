"""Settles one stack of any project: first what its state says was begun, then what a preview would make."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from tenacity import retry_if_exception

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.patience import is_throttled, patiently
from fleet.recover.account_finders import STACK, release_stack
from fleet.recover.reconcile import Operation, Reconciled, Resource, is_of_account, name_of, reconcile
from fleet.recover.search import Inputs, Search
from shared.aws.session import AccountAccess, AccountSession
from shared.files import write_file
from shared.stack.names import project_of

_ROUNDS: Final = 12
"""What hangs on something is looked for once that is in the state: no chain in the programs is longer."""


_PROVIDER: Final = "pulumi:providers:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The stack to settle.

    Attributes:
        project: The folder of its program: organization, hub or spoke.
        settings: What they say of its account.
    """

    project: str
    stack: str
    engine: Engine
    settings: AccountAccess

    @property
    def tags(self) -> dict[str, str]:
        """Those that the stack puts on what it makes, as `shared.stack.provider.standard_tags` has them."""
        return {project_of(self.stack): self.stack}

    def account(self) -> AccountSession:
        """Sign in. Raises ConfigError."""
        return AccountSession(self.settings, where=f"Pulumi.{self.stack}.yaml")


def settle_pending(target: Target, log: IO[bytes] | None = None) -> Reconciled:
    """Bring a state with pending operations in line with the account.

    Raises:
        CatalogError: the account is out of reach.
        EngineError: the state could not be read, written or refreshed.
    """
    exported = target.engine.exported(target.project, target.stack)
    deployment: dict[str, Any] = exported.get("deployment") or {}
    pending: Sequence[Operation] = deployment.get("pending_operations") or []
    if not pending:
        return Reconciled()
    if not any(is_of_account(operation) for operation in pending):
        deployment["pending_operations"] = []  # components and the engine's own: the next run makes them anew
        _write(target, exported)
        return Reconciled()
    done = reconcile(deployment, target.account(), target.tags)
    _write(target, exported)
    refresh(target, log, why=f"{pending[0]['type']} {pending[0]['resource']['urn'].rpartition('::')[2]}")
    return done


def settle_planned(target: Target, log: IO[bytes] | None = None) -> Reconciled:
    """Look in the account for what the next run would create, and take into the state what is there.

    The engine forgets what it had begun where the plug-in died and not the engine; and a state that was put back from
    a copy knows nothing of what came after.

    Raises:
        PreviewError: the program refuses, or the engine does; while AWS throttles it is asked again.
        CatalogError: the account is out of reach.
        EngineError: the state could not be read, written or refreshed.
    """
    whole, patient = Reconciled(), patiently(retry_if_exception(lambda problem: is_throttled(str(problem))))
    for _ in range(_ROUNDS):
        planned: list[Resource] = patient(target.engine.creations, target.project, target.stack)
        if not any(is_of_account({"resource": each}) for each in planned):
            break
        if _make_provider(target, planned, log):
            continue  # only now does a preview know by what to make the rest
        exported = target.engine.exported(target.project, target.stack)
        deployment: dict[str, Any] = exported.get("deployment") or {}
        done = reconcile(deployment, target.account(), target.tags, planned)
        whole.told += [line for line in done.told if line not in whole.told]
        # A round may know more than the one before.
        whole.left, whole.foreign, whole.taken = done.left, done.foreign, whole.taken + done.taken
        whole.unseen = done.unseen
        if not done.taken:
            break
        _write(target, exported)
        refresh(target, log, why="something had been made that the state did not know")
    return whole


def release_stacks(target: Target, log: IO[bytes] | None = None) -> list[str]:
    """Delete the stacks of a state that AWS failed to delete, and say in words what was done.

    Raises:
        CatalogError: the account is out of reach.
        EngineError: the state could not be read or refreshed.
    """
    deployment: dict[str, Any] = target.engine.exported(target.project, target.stack).get("deployment") or {}
    resources: list[Resource] = deployment.get("resources") or []
    stacks = [each for each in resources if each["type"] == STACK and each.get("id")]
    if not stacks:
        return []
    search = Search(account=target.account(), tags=target.tags)
    released = [
        name_of({"resource": each})
        for each in stacks
        if release_stack(search, str(each["id"]), Inputs(each.get("inputs") or {}))
    ]
    if released:
        refresh(target, log, why=f"deleting {released[0]}")
    return [f"{name} could not be deleted, and was deleted without what stood in its way" for name in released]


def _make_provider(target: Target, planned: Sequence[Resource], log: IO[bytes] | None) -> bool:
    """Make the stack's provider where there is none, since nothing can be put into its state without; say whether."""
    urns = [each["urn"] for each in planned if str(each["type"]).startswith(_PROVIDER)]
    if urns:
        options = [word for urn in urns for word in ("--target", urn)]
        if target.engine.up(target.stack, log, lambda _: None, *options, project=target.project).code != 0:
            raise EngineError(
                f"the stack's provider could not be made. See what it says: model-catalog stack preview {target.stack}",
                code="provider-not-made",
            )
    return bool(urns)


def _write(target: Target, exported: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        write_file(file, json.dumps(exported))
        target.engine.replace_state(target.project, target.stack, file)


def refresh(target: Target, log: IO[bytes] | None = None, *, why: str = "its state was put back") -> None:
    """Compare a stack's state with its account. Raises EngineError."""
    finished = target.engine.refresh(target.stack, log, lambda _: None, project=target.project)
    if finished.code != 0:
        raise EngineError(
            f"a run died ({why}), and the refresh after it failed. See what it says: model-catalog stack refresh "
            f"{target.stack}",
            code="refresh-failed",
        )
