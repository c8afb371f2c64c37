"""What becomes of one launch: which version it runs then, what changes inside, what it costs, and why it is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from cli.foresight.deployed import Running, given
from hub.definitions.derived.comparison import LaunchRole
from hub.definitions.derived.derivation import derived_rights
from hub.definitions.derived.rights import merged
from hub.definitions.templates import Template
from hub.definitions.updates.behavior import Downtime
from hub.definitions.updates.built import Unforeseeable, built
from hub.definitions.updates.changes import Fate, ResourceChange, changes
from hub.definitions.updates.parts import Json
from hub.definitions.updates.values import Place, Reckoning
from pages.foresight.shapes import ForeseenLaunch, ForeseenResource, LaunchOutcome, Refusal
from shared.aws.arn import partition_of
from shared.catalog.contract import Product
from shared.errors import CatalogError, ContentError
from spoke.launches.cost import estimate_launch
from spoke.launches.lifecycle_rules import refuse_new, refuse_update
from spoke.launches.resolution import ResolvedLaunch

_TAKES: Final = {"deprecated": "takes updates, and no new launch", "retired": "takes no update"}


@dataclass(slots=True)
class Templates:
    """The templates of all versions that anybody knows here, each built once."""

    known: Mapping[str, Template]
    _built: dict[str, Json] = field(default_factory=dict[str, Json])
    _lacking: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])

    def body(self, sha256: str, version: str) -> Json:
        """Give the template of a version as it is built. Raises Unforeseeable."""
        if sha256 not in self.known:
            raise Unforeseeable(f"the template of {version} is not in this checkout")
        if sha256 not in self._built:
            self._built[sha256] = built(self.known[sha256])
        return self._built[sha256]

    def lacking(self, launch: ResolvedLaunch) -> str:
        """Name what the launch role certainly lacks for a launch's version; empty where it has all, or nobody knows."""
        product, sha256 = launch.product, launch.choice.version.template_sha256
        key = (sha256, id(product.launch_role))  # the contract keeps its parts alive, so an id is never another's
        if key not in self._lacking:
            self._lacking[key] = ", ".join(_lacking(self.known.get(sha256), product))
        return self._lacking[key]


def _lacking(template: Template | None, product: Product) -> Iterator[str]:
    if template is None:
        return
    try:
        rights = derived_rights(template, product.execution_role.name).rights
    except ContentError:  # a macro that only AWS runs
        return
    for right in merged(LaunchRole(product.launch_role.policy).lacks(rights, every=False)):
        if right.certain:
            yield f"{right.action} on {', '.join(right.resources)} for {right.of}"


def foreseen(before: Running | None, after: ResolvedLaunch, account: str, templates: Templates) -> ForeseenLaunch:
    """Say what becomes of a launch.

    Args:
        before: It, as it is; None for one that is new.
        after: It, as it would be.
        account: In which it is.
        templates: Those of the versions.
    """
    outcome = _outcome(before, after)
    resources, unknown = list[ResourceChange](), ""
    if outcome != "stays":
        try:
            resources = _resources(before, after, account, templates)
        except Unforeseeable as problem:
            unknown = str(problem)
    refusal = refusal_of(before, after) or _refused_inside(after, resources)
    if refusal is None and outcome != "stays" and (lacking := templates.lacking(after)):
        reason = (
            f"{after.where}: the role {after.product.launch_role.name} may not do what the template takes: {lacking}."
        )
        refusal = Refusal(code="launch-role-lacks", place=after.where, message=reason)
    return ForeseenLaunch(
        launch=after.launch.name,
        product=after.key,
        region=after.region,
        selection=after.launch.version,
        before=before.version if before else "",
        after=after.choice.number,
        outcome="refused" if refusal else outcome,
        refusal=refusal,
        resources=None if unknown else [_told(each) for each in resources],
        unknown=unknown,
        downtime=max(
            (each.downtime for each in resources),
            key=lambda each: each.rank,
            default=Downtime.UNKNOWN if unknown else Downtime.NONE,
        ),
        cost_before=before.cost if before else None,
        cost_after=estimate_launch(after),
        notes=list(_notes(after)),
    )


def kept(before: Running) -> ForeseenLaunch:
    """Say that a launch stays as it is, because the run of its spoke would be refused as a whole."""
    return ForeseenLaunch(
        launch=before.name,
        product=before.product,
        region=before.region,
        selection="",
        before=before.version,
        after=before.version,
        outcome="stays",
        cost_before=before.cost,
        cost_after=before.cost,
    )


def ended(before: Running) -> ForeseenLaunch:
    """Say that a launch ends, because nobody asks for it any more."""
    return ForeseenLaunch(
        launch=before.name,
        product=before.product,
        region=before.region,
        selection="",
        before=before.version,
        after="",
        outcome="ends",
        resources=None,
        unknown="all of it is removed",
        downtime=Downtime.INTERRUPTED,
        cost_before=before.cost,
    )


def refusal_of(before: Running | None, after: ResolvedLaunch) -> Refusal | None:
    """Say why the program's hooks would refuse to launch or to update; None where they would not."""
    try:
        if before is None or not before.deployed:
            refuse_new(after)
        elif _outcome(before, after) != "stays":
            refuse_update(after, after.tags if before.tags is None else before.tags, after.tags)
    except CatalogError as problem:
        return told(problem)
    return None


def told(problem: CatalogError) -> Refusal:
    """Write a refusal down."""
    return Refusal(code=problem.code, place=problem.place, message=str(problem))


def _outcome(before: Running | None, after: ResolvedLaunch) -> LaunchOutcome:
    if before is None:
        return "new"
    if before.version_id != after.choice.version.id:
        return "moves"
    same = (
        before.product_id == after.product.id
        and (before.parameters is None or before.parameters == given(after))
        and (before.tags is None or before.tags == after.tags)
    )
    return "stays" if same else "updated"


def _resources(
    before: Running | None, after: ResolvedLaunch, account: str, templates: Templates
) -> list[ResourceChange]:
    place = Place(account=account, region=after.region, partition=partition_of(after.region))
    body = templates.body(after.choice.version.template_sha256, f"{after.key} {after.choice.number}")
    new = Reckoning(body=body, given=given(after), place=place).resources()
    if before is None:
        return changes({}, new)
    if before.parameters is None:
        raise Unforeseeable("the state keeps its parameters encrypted")
    body = templates.body(before.template, f"{before.product} {before.version}")
    old = Reckoning(body=body, given=before.parameters, place=place).resources()
    return changes(old, new, retagged=before.tags is not None and before.tags != after.tags)


def _refused_inside(after: ResolvedLaunch, resources: list[ResourceChange]) -> Refusal | None:
    """Say that CloudFormation would refuse the update, and take it back."""
    refused = [each for each in resources if each.fate is Fate.REFUSED]
    if not refused:
        return None
    lines = "; ".join(f"{each.logical_id} ({each.kind}): {each.because}" for each in refused)
    return Refusal(code="refused-by-cloudformation", place=after.where, message=f"{after.where}: {lines}.")


def _told(change: ResourceChange) -> ForeseenResource:
    return ForeseenResource(
        logical_id=change.logical_id,
        type=change.kind,
        fate=change.fate,
        causes=list(change.causes),
        forced_by=list(change.forced_by),
        downtime=change.downtime,
        because=change.because,
    )


def _notes(after: ResolvedLaunch) -> Iterator[str]:
    if after.choice.state != "active":
        yield f"{after.choice.end} It runs on, and {_TAKES[after.choice.state]}."
    if after.model and after.model.own:
        yield after.model.note
