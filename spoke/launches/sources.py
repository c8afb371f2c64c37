"""What the parameters of a spoke's launches need from elsewhere, and what came of it.

A program asks for it with the stack's own credentials (`spoke.resources.asked_sources`), a plan of the fleet with those
that the spoke works with (`fleet.plan.parameter_values`). Both take what they get here, and refuse in the same words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeVar

from shared.collecting import Mistakes
from shared.errors import LaunchError, Mistake
from shared.secret_value import Secret
from shared.spelling import meant
from shared.stack.names import SPOKE_PROJECT
from spoke.config import Launch, SpokeSettings
from spoke.launches.accounts_file import ACCOUNTS_FILE
from spoke.launches.wanted import WantedLaunches
from spoke.parameter_sources import AccountTag, LaunchOutput, Source, SsmParameter, StackOutput
from spoke.parameter_values import Given, not_too_long, parameter_text

S = TypeVar("S", SsmParameter, LaunchOutput, StackOutput, AccountTag)

Key = tuple[str, str]
"""A launch's name and one of its parameters."""

UNKNOWN: Final = Secret("")
"""Stands for a value that nobody asked for: no check looks into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUse:
    """A parameter whose value is elsewhere.

    Attributes:
        place: The file and the key, for messages.
        region: The launch's.
        hidden: The template hides it, so its value is told to nobody.
    """

    launch: str
    parameter: str
    source: Source
    place: str
    region: str
    hidden: bool

    @property
    def key(self) -> Key:
        """By which its value is found."""
        return self.launch, self.parameter


@dataclass(frozen=True, slots=True)
class Found:
    """A value that came from elsewhere.

    Attributes:
        value: What the parameter takes.
        mark: What stands for it in a fingerprint, and tells nothing of a secret: another one means another value.
    """

    value: str | Secret
    mark: str


Values = Mapping[Key, Found]


def uses_of(wanted: WantedLaunches, kind: type[S]) -> list[tuple[SourceUse, S]]:
    """List the parameters whose values are in one kind of source, with their sources."""
    return [(use, use.source) for use in all_uses(wanted) if isinstance(use.source, kind)]


def all_uses(wanted: WantedLaunches) -> Iterator[SourceUse]:
    """List the parameters whose values are elsewhere."""
    for launch in wanted.settings.launches:
        version = wanted.versions.get(launch.name)
        for name, value in launch.parameters.items():
            if isinstance(value, Source):
                parameter = version.parameters.get(name) if version else None
                yield SourceUse(
                    launch=launch.name,
                    parameter=name,
                    source=value,
                    place=wanted.origins[launch.name].place_of(f"parameters.{name}"),
                    region=wanted.settings.region_of(launch),
                    hidden=bool(parameter and parameter.no_echo),
                )


def check_sources(wanted: WantedLaunches, *, where: str) -> None:
    """Refuse sources that cannot be, before anybody is asked.

    Args:
        wanted: What the spoke asks for.
        where: The spoke's settings file.

    Raises:
        LaunchError: a launch takes from one that is not there, or from one that waits for it; or a stack from itself.
    """
    mistakes, names = Mistakes(), [launch.name for launch in wanted.settings.launches]
    own = [SPOKE_PROJECT, where.removeprefix("Pulumi.").removesuffix(".yaml")]
    for use in all_uses(wanted):
        match use.source:
            case LaunchOutput(launch=other) if other not in names:
                mistakes.add(
                    LaunchError(
                        f"invalid value {other!r}: the account {wanted.settings.account_id} has no such launch."
                        f"{meant(other, names)} Name one of: {', '.join(names)}.",
                        code="source-launch-unknown",
                        place=f"{use.place}.launch",
                    )
                )
            case StackOutput(stack=other) if other.split("/")[-2:] == own:
                mistakes.add(
                    LaunchError(
                        f"invalid value {other!r}, which is this stack itself. Name the launch whose output is meant: "
                        f"{{launch: …, output: …}}",
                        code="source-own-stack",
                        place=f"{use.place}.stack",
                    )
                )
            case _:
                pass
    mistakes.refuse()
    _ = in_order(wanted)


def in_order(wanted: WantedLaunches) -> list[str]:
    """Give the names of the launches, each after those that it takes outputs of.

    Raises:
        LaunchError: some wait for each other.
    """
    before: dict[str, list[str]] = {launch.name: [] for launch in wanted.settings.launches}
    uses = uses_of(wanted, LaunchOutput)
    if not uses:
        return list(before)
    for use, source in uses:
        before[use.launch].append(source.launch)
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError as problem:
        circle: list[str] = problem.args[1]
        waiting = circle[::-1]
        use = next(use for use, source in uses if [use.launch, source.launch] == waiting[:2])
        raise LaunchError(
            f"is a circle: {' waits for '.join(waiting)}, so none of them could be launched first. Give one of them a "
            f"value, or another source.",
            code="source-circle",
            place=use.place,
        ) from None


def tags_taken(wanted: WantedLaunches) -> Values:
    """Give the values that come from the account's tags.

    Raises:
        LaunchError: the account has no such tag, or nobody knows its tags.
    """
    mistakes, found = Mistakes(), dict[Key, Found]()
    account = wanted.settings.account_id
    for use, source in uses_of(wanted, AccountTag):
        key = source.account_tag
        with mistakes:
            if wanted.facts is None:
                raise LaunchError(
                    f"takes the tag {key}, and {ACCOUNTS_FILE} does not tell of the account {account}. Run "
                    f"model-catalog fleet accounts, which asks the organization, and commit the file.",
                    code="account-facts-missing",
                    place=use.place,
                )
            if key not in wanted.facts.tags:
                raise LaunchError(
                    f"takes the tag {key}, which the account {account} does not have.{meant(key, wanted.facts.tags)} "
                    f"{ACCOUNTS_FILE} tells of: {', '.join(sorted(wanted.facts.tags)) or 'none'}. Tag the account and "
                    f"run model-catalog fleet accounts, or write a value in place of the source.",
                    code="account-tag-missing",
                    place=use.place,
                )
            found[use.key] = taken(use, wanted.facts.tags[key])
    mistakes.refuse()
    return found


def taken(use: SourceUse, raw: object, *, mark: str = "", secret: bool = False) -> Found:
    """Take a value from elsewhere as a parameter takes it; a secret, or what the template hides, is told to nobody.

    Args:
        use: What it is for.
        raw: As it was found: text, a number, a truth value, or a list of them.
        mark: What stands for it in a fingerprint; the value itself unless given, which no secret may do.
        secret: It is one where it comes from.

    Raises:
        LaunchError: no parameter can have it.
    """
    try:
        text = not_too_long(parameter_text(raw))
    except Mistake as mistake:
        reason = "It is hidden." if secret or use.hidden else str(mistake)
        raise LaunchError(
            f"takes {use.source}, which no parameter can have. {reason} Correct it there, or write a value here.",
            code="source-value-unfit",
            place=use.place,
        ) from None
    plain = str(text)
    return Found(Secret(mark or UNKNOWN.cipher, plain) if secret or use.hidden else plain, mark or plain)


def with_values(wanted: WantedLaunches, values: Values) -> SpokeSettings:
    """Put values in place of sources; a source whose value is not known here stays, and is looked into by no check."""

    def valued(launch: Launch) -> Launch:
        given: dict[str, Given] = {
            name: values[launch.name, name].value
            if isinstance(value, Source) and (launch.name, name) in values
            else value
            for name, value in launch.parameters.items()
        }
        return launch.model_copy(update={"parameters": given})

    return wanted.settings.model_copy(update={"launches": [valued(each) for each in wanted.settings.launches]})


def missing(use: SourceUse, why: str, remedy: str) -> LaunchError:
    """Word that a source has no value for an account."""
    return LaunchError(f"takes {use.source}, and {why}. {remedy}", code="source-without-value", place=use.place)
