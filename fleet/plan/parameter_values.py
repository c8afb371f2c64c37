"""Values of launches' parameters that come from elsewhere, as far as a plan has to know them.

A plan asks only what some launch takes: each stack once, and the Parameter Store of those accounts alone whose spokes
take something from there, many at the same time. It decrypts nothing: of a secret it learns that it changed.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError

from fleet.engine import Engine
from fleet.store.locations import states_at
from fleet.store.states import outputs_of
from fleet.store.storage import StorageError, backend_url, error_text, is_cloud
from shared.aws.accounts import Accounts, Way, WrongAccountError
from shared.aws.session import error_text as aws_says
from shared.catalog.contract import Contract
from shared.collecting import Mistakes, together
from shared.errors import CatalogError, LaunchError
from shared.secret_value import Secret
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import VALUE, Excerpts, Parts, value_parts
from spoke.launches.launches_file import read_platform
from spoke.launches.sources import Found, Key, SourceUse, Values, missing, tags_taken, taken, uses_of
from spoke.launches.stored_parameters import stored_values
from spoke.launches.wanted import WantedLaunches
from spoke.parameter_sources import SsmParameter, StackOutput

_ACCOUNTS_AT_ONCE: Final = 32
"""Most of the time goes into waiting for AWS."""
_STACKS_AT_ONCE: Final = 8
_SEALED: Final = "4dabf18193072939515e22adb298388d"
"""By which a state marks what it keeps encrypted (source: pulumi, sdk/go/common/resource, "SigKey")."""

Outputs = Mapping[str, Any]


class ParameterValues(Protocol):
    """Knows values that come from elsewhere."""

    def of(self, wanted: Mapping[str, WantedLaunches]) -> Mapping[str, Values | CatalogError]:
        """Give the values of spokes, by stack; or why those of one cannot be told."""
        ...

    def recorded(self, parts: Parts) -> Parts:
        """Give what of a record's parts stands for values that nobody asks for."""
        ...


class RecordedValues:
    """Asks nobody: the values are those that were recorded."""

    def of(self, wanted: Mapping[str, WantedLaunches]) -> Mapping[str, Values | CatalogError]:
        """Give no value."""
        return {stack: {} for stack in wanted}

    def recorded(self, parts: Parts) -> Parts:
        """Give those of a record."""
        return recorded_values(parts)


@dataclass(slots=True)
class AskedValues:
    """Asks the accounts and the backend.

    Attributes:
        engine: Of the checkout.
        decrypted: What the Parameter Store keeps encrypted is decrypted, for AWS alone.
    """

    engine: Engine
    decrypted: bool = False
    _accounts: Accounts | None = field(default=None, init=False)

    def of(self, wanted: Mapping[str, WantedLaunches]) -> Mapping[str, Values | CatalogError]:
        """Ask for the values of spokes."""
        stacks = sorted({source.stack for each in wanted.values() for _, source in uses_of(each, StackOutput)})
        with ThreadPoolExecutor(_STACKS_AT_ONCE) as readers:
            outputs = dict(zip(stacks, readers.map(self._outputs, stacks), strict=True)) if stacks else {}
        with ThreadPoolExecutor(_ACCOUNTS_AT_ONCE) as workers:
            found = workers.map(partial(self._values, outputs), wanted.values())
            return dict(zip(wanted, found, strict=True))

    def recorded(self, parts: Parts) -> Parts:
        """Give nothing: all is asked for."""
        del parts
        return {}

    def _values(self, outputs: Mapping[str, Outputs | str], wanted: WantedLaunches) -> Values | CatalogError:
        mistakes, found = Mistakes(), dict[Key, Found]()
        with mistakes:
            found |= tags_taken(wanted)
        for use, source in uses_of(wanted, StackOutput):
            with mistakes:
                found[use.key] = _from_stack(use, source.output, outputs[source.stack])
        if uses := [use for use, _ in uses_of(wanted, SsmParameter)]:
            with mistakes:
                found |= self._stored(wanted, uses)
        return together(mistakes.found) if mistakes.found else found

    def _stored(self, wanted: WantedLaunches, uses: Sequence[SourceUse]) -> Values:
        account = wanted.settings.account_id
        try:
            self._accounts = self._accounts or Accounts()
            signed_in = self._accounts.sign_in(Way(account, wanted.settings.assume_role))
            return stored_values(
                uses, lambda region: signed_in.client("ssm", region), account, decrypted=self.decrypted
            )
        except (BotoCoreError, ClientError, WrongAccountError) as problem:
            raise LaunchError(
                f"takes {uses[0].source}, and nobody may look into the account {account} with the credentials at hand. "
                f"Use credentials that may work as the spoke's assumeRole. AWS says: {aws_says(problem)}",
                code="source-unreadable",
                place=uses[0].place,
            ) from None

    def _outputs(self, stack: str) -> Outputs | str:
        """Read a stack's outputs as the state has them, or say why that cannot be done."""
        project, name = stack.split("/")[-2:]
        try:
            backend = backend_url()
            if is_cloud(backend):
                if stack.count("/") == 1:
                    return "Pulumi Cloud knows it by its organization: write <organization>/<project>/<stack>"
                deployment: dict[str, Any] = self.engine.exported("spoke", stack).get("deployment") or {}
                return outputs_of(deployment.get("resources") or [])
            state = states_at(backend, self.engine, project).read(name)
        except CatalogError as problem:
            return str(problem)
        except StorageError as problem:
            return error_text(problem)
        return state.outputs if state else "the backend has no such stack"


def parts_at_hand(
    engine: Engine, settings: SpokeSettings, contract: Contract | None, *, stack: str, day: dt.date
) -> Parts:
    """Give the parts of a spoke's fingerprint that stand for values from elsewhere; nothing where they are unknown."""
    where = f"Pulumi.{stack}.yaml"
    try:
        if contract is None:
            return {}
        wanted = Excerpts(contract, day).wanted(settings, where=where, platform=read_platform(engine.root))
        found = AskedValues(engine).of({stack: wanted})[stack]
    except CatalogError:
        return {}  # the program refuses it, and says why
    return {} if isinstance(found, CatalogError) else value_parts(found)


def recorded_values(parts: Parts) -> Parts:
    """Give those parts of a fingerprint that stand for values from elsewhere."""
    return {name: part for name, part in parts.items() if name.startswith(VALUE)}


def _from_stack(use: SourceUse, output: str, outputs: Outputs | str) -> Found:
    if isinstance(outputs, str):
        raise missing(use, outputs, "Correct the name, or deploy the stack first.")
    if output not in outputs:
        raise missing(
            use,
            f"it has: {', '.join(sorted(outputs)) or 'none'}",
            "Correct the name, or deploy the stack first.",
        )
    raw: object = outputs[output]
    if _is_sealed(raw):
        mark = json.dumps(raw, sort_keys=True)
        return Found(Secret(mark), mark)
    return taken(use, raw)


def _is_sealed(raw: object) -> bool:
    match raw:
        case dict():
            parts = cast("dict[str, object]", raw)
            return _SEALED in parts or any(_is_sealed(each) for each in parts.values())
        case list():
            return any(_is_sealed(each) for each in cast("list[object]", raw))
        case _:
            return False
