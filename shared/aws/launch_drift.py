"""Compares a launch as its stack deployed it with what AWS has: version, archive and every parameter.

The provider never reads parameters back (source: terraform-provider-aws, provisioned_product.go), so Pulumi sees
nothing of what somebody changes beside it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.provisioned_products import ProvisionedProduct, last_change, parameters_of, search_account
from shared.aws.session import Session, error_text


class Terms(Protocol):
    """What is known of a version (shared/catalog/version_terms)."""

    @property
    def number(self) -> str: ...
    @property
    def defaults(self) -> Mapping[str, str]: ...
    @property
    def hidden(self) -> frozenset[str]: ...


class Deployed(Protocol):
    """A launch as a stack deployed it last."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def artifact_id(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, str] | None: ...
    @property
    def secrets(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as the stack deployed it.

    Attributes:
        what: `version`, or a parameter's name.
        deployed: What the stack deployed; a default counts as deployed.
        found: What AWS has.
        given: The stack gave the value, so that its next run can put it back.
    """

    what: str
    deployed: str
    found: str
    given: bool = True

    def __str__(self) -> str:
        """Word it."""
        return f"{self.what} {self.deployed or repr('')} → {self.found or repr('')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchDrift:
    """What is different of one launch.

    Attributes:
        changed: Who changed it last, and when; empty where AWS does not say.
        problem: Why it could not be compared in full.
    """

    launch: str
    differences: Sequence[Difference] = ()
    gone: bool = False
    changed: str = ""
    problem: str = ""

    def __str__(self) -> str:
        """Word it in a line."""
        if self.gone:
            return f"{self.launch} is not in the account any more"
        parts = ", ".join(map(str, self.differences))
        text = f"{self.launch} is not as it was deployed: {parts}" if parts else self.launch
        text += f"; last: {self.changed}" if self.changed else ""
        return text + (f"; not compared in full: {self.problem}" if self.problem else "")


def drift_of(
    launches: Iterable[Deployed], account: Session, account_id: str, terms: Mapping[str, Terms]
) -> list[LaunchDrift]:
    """Compare launches, and give those that are not as they were deployed.

    Args:
        launches: Of a stack.
        account: Signed in to.
        account_id: The account's.
        terms: Of versions, by what AWS calls them; of an unknown one defaults are not compared.

    Raises:
        ClientError: AWS does not say what was launched.
    """
    by_region: dict[str, list[Deployed]] = {}
    for each in launches:
        by_region.setdefault(each.region or account.region, []).append(each)
    found: list[LaunchDrift] = []
    for region, here in by_region.items():
        client = account.client("servicecatalog", region)
        there = {each.id: each for each in search_account(client, account_id, region)}
        drifts = (_compared(each, there.get(each.id), account, terms) for each in here)
        found += [drift for drift in drifts if drift.differences or drift.gone or drift.problem]
    return found


def _compared(
    deployed: Deployed, there: ProvisionedProduct | None, account: Session, terms: Mapping[str, Terms]
) -> LaunchDrift:
    if there is None:
        return LaunchDrift(launch=deployed.name, gone=True)
    differences = list(_version(deployed, there, terms))
    if deployed.parameters is None:
        problem = "its parameters are encrypted in the state, and the outputs do not tell them: run up"
        return LaunchDrift(launch=deployed.name, differences=differences, problem=problem)
    try:
        stack = _stack(there, account)
        given = deployed.parameters
        differences += _parameters(given, deployed.secrets, parameters_of(stack), terms.get(there.artifact_id))
        changed = str(last_change(account.client("servicecatalog", there.region), there, stack)) if differences else ""
    except (BotoCoreError, ClientError) as problem:
        return LaunchDrift(launch=deployed.name, differences=differences, problem=error_text(problem))
    return LaunchDrift(launch=deployed.name, differences=differences, changed=changed)


def _version(deployed: Deployed, there: ProvisionedProduct, terms: Mapping[str, Terms]) -> Iterator[Difference]:
    if there.artifact_id and deployed.artifact_id != there.artifact_id:
        before, now = terms.get(deployed.artifact_id), terms.get(there.artifact_id)
        yield Difference(
            what="version",
            deployed=before.number if before else deployed.artifact_id,
            found=now.number if now else there.version or there.artifact_id,
        )


def _parameters(
    given: Mapping[str, str], secrets: frozenset[str], found: Mapping[str, str], terms: Terms | None
) -> Iterator[Difference]:
    """Compare what may be told: of a secret neither what was deployed nor what AWS has."""
    expected = {**(terms.defaults if terms else {}), **given}
    hidden = secrets | (terms.hidden if terms else frozenset[str]())
    for key, value in sorted(expected.items()):
        if key not in hidden and key in found and found[key] != value:
            yield Difference(what=key, deployed=value, found=found[key], given=key in given)


def _stack(there: ProvisionedProduct, account: Session) -> Mapping[str, object]:
    """Describe a launch's stack; one that has none, as after a failed launch, has no parameters."""
    if not there.stack_id.startswith("arn:") or there.status == "ERROR":
        return {}
    return account.client("cloudformation", there.region).describe_stacks(StackName=there.stack_id)["Stacks"][0]
