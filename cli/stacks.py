"""Stacks: which project they are of, and what the engine remembers of them."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from cli.exit_codes import ExitCode, of_pulumi
from cli.verbs import stacks
from fleet.engine import Engine
from fleet.store.locations import locations_of, states_at
from fleet.store.states import unwrapped
from fleet.store.storage import Storage, StorageError, backend_url, is_cloud
from shared.catalog.contract import Contract
from shared.catalog.divided_contract import merge
from shared.catalog.lifecycle import as_of
from shared.catalog.trust import Trust, admit
from shared.errors import CatalogError, ConfigError
from shared.spelling import meant
from shared.stack.hub_pin import trusts_of
from shared.stack.names import CATALOG_OUTPUT, HUB_PROJECT, short_name
from shared.stack.settings import AccountSettings, check_settings
from shared.stack.stack_file import StackFile
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Excerpts
from spoke.launches.holds import variables_of
from spoke.launches.launches_file import read_platform
from spoke.launches.wanted import WantedLaunches

S = TypeVar("S", bound=AccountSettings)

PROJECTS: Final = ("organization", "hub", "spoke")


def engine() -> Engine:
    """Give the engine of this checkout."""
    return Engine(Path.cwd())


def held_back_here(stack: str) -> dict[str, str]:
    """Give what a preview of a spoke is told of versions that were taken back; nothing where that cannot be read."""
    from fleet.plan.settings import read_settings  # noqa: PLC0415 - slow to load, and not for every command
    from fleet.run.attended_run import held_back  # noqa: PLC0415

    try:
        storage = Storage(locations_of(read_settings(Path.cwd()).records).records)
        return variables_of(held_back(storage, stack))
    except (CatalogError, *StorageError):
        return {}


def project_of(stack: str, *, among: tuple[str, ...] = PROJECTS) -> str:
    """Tell the project of a stack, which follows from its name: organization, hub and hub-*, spoke-*.

    Raises:
        ConfigError: it is of none of these.
    """
    project = stack.partition("-")[0]
    if project in among:
        return project
    kinds = {"organization": "the organization", "hub": "a hub", "spoke": "a spoke"}
    raise ConfigError(
        f"invalid value {stack!r}. Expected a stack of {' or '.join(kinds[each] for each in among)}. The stacks here "
        f"are: {', '.join(stacks()) or 'none'}.",
        code="stack-of-no-project",
        place="STACK",
    )


def with_settings(stack: str, *, among: tuple[str, ...] = PROJECTS) -> str:
    """Tell the project of a stack that has settings here.

    A name without settings is a typing mistake, and would otherwise leave an empty stack in the backend.

    Raises:
        ConfigError: it has none.
    """
    project = project_of(stack, among=among)
    if stack not in stacks():
        raise ConfigError(
            f"there is no Pulumi.{stack}.yaml.{meant(stack, stacks())} The stacks here are: "
            f"{', '.join(stacks()) or 'none'}. A new spoke: "
            f"model-catalog spoke new",
            code="stack-without-settings",
            place="STACK",
        )
    return project


def run_written(project: str, stack: str, operation: str, *options: str) -> ExitCode:
    """Run `up` or `destroy` in front of a person, and write what became of it into the stack's history.

    Not reached where it was done and could not be written: then the history is not all that happened.

    Raises:
        EngineError: there is no Pulumi.
    """
    from fleet.run.attended_run import run_attended  # noqa: PLC0415 - slow to load, and not for every command

    done = run_attended(engine(), project, stack, operation, *options)
    for text in (*done.notes, *([done.problem] if done.problem else [])):
        print(f"{stack}: {text}", file=sys.stderr)
    code = of_pulumi(done.code)
    return ExitCode.NOT_REACHED if done.problem and code is ExitCode.DONE else code


def trusts_for(settings: AccountSettings, stack: str) -> tuple[Trust, ...]:
    """Give what a contract has to satisfy for a stack; nothing for a hub, which reads its own. Raises ConfigError."""
    if not isinstance(settings, SpokeSettings):
        return ()
    return trusts_of(settings.hub, where=f"Pulumi.{stack}.yaml", folder=Path())


def contract_of(names: Sequence[str], trusts: Sequence[Trust]) -> Contract:
    """Read the catalog that the hub's stacks published, each named shortly or in full.

    Raises:
        EngineError: the stack cannot be read.
        ContractError: it publishes nothing that can be used, or is not trusted.
    """
    _confirm_references(names, trusts)
    return merge({name: admit(trusts, engine().outputs("hub", name).get(CATALOG_OUTPUT), name) for name in names})


def wanted_launches(settings: SpokeSettings, contract: Contract, stack: str) -> WantedLaunches:
    """Give what a spoke asks for itself, and what launches.yaml asks for in its account.

    Raises:
        CatalogError: the files are wrong, or do not go together.
    """
    excerpts = Excerpts(contract, as_of())
    return excerpts.wanted(settings, where=f"Pulumi.{stack}.yaml", platform=read_platform(Path()))


def published_contract(names: Sequence[str], trusts: Sequence[Trust]) -> Contract:
    """Read the same from the backend, without a process of Pulumi's for each stack, where it is a folder or a bucket.

    Raises:
        CatalogError: a stack cannot be read, publishes nothing that can be used, or is not trusted.
    """
    backend = backend_url()
    if is_cloud(backend):
        return contract_of(names, trusts)
    _confirm_references(names, trusts)
    found: dict[str, Contract] = {}
    for name in names:
        project = name.split("/")[-2] if "/" in name else HUB_PROJECT
        state = states_at(backend, engine(), project).read(short_name(name))
        found[name] = admit(trusts, state.outputs.get(CATALOG_OUTPUT) if state else None, name)
    return merge(found)


def _confirm_references(names: Sequence[str], trusts: Sequence[Trust]) -> None:
    for trust in trusts:
        for name in names:
            trust.confirm_reference(name)


def decrypted_settings(model: type[S], stack: str) -> S:
    """Read a stack's settings with its secrets in plain text, which go to AWS alone.

    Raises:
        EngineError: Pulumi cannot decrypt them, for want of the passphrase or of access to the key.
        ConfigError: the settings are wrong.
    """
    file, project = StackFile(Path(f"Pulumi.{stack}.yaml")), project_of(stack)
    given = {key: file.decrypted(key, text) for key, text in engine().settings(project, stack).items()}
    return check_settings(model, given, project=f"model-catalog-{project}", where=file.path.name)


def resources_of(project: str, stack: str, kind: str = "", *, decrypted: bool = False) -> list[dict[str, Any]]:
    """List the resources of a type, or all of them, in a stack's state, with their inputs, outputs and dates.

    Args:
        project: The stack's.
        stack: Its name.
        kind: A type; all of them unless given.
        decrypted: Whether secrets are given in plain text: for AWS alone, and for no file.

    Raises:
        EngineError: the stack cannot be read.
    """
    exported = engine().exported(project, stack, decrypted=decrypted)
    deployment: dict[str, Any] = exported.get("deployment") or {}
    resources: list[dict[str, Any]] = unwrapped(deployment.get("resources") or [])
    return [resource for resource in resources if kind in ("", resource["type"])]
