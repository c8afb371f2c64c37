"""Which spoke is in which wave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.errors import SettingsError
from fleet.plan.settings import FILE, Wave
from fleet.plan.spokes import Spoke, matching_spokes, named
from shared.aws.organization import Organization


@dataclass(frozen=True, slots=True)
class Members:
    """A wave with the stacks that are in it."""

    wave: Wave
    stacks: tuple[str, ...]


def assign(
    waves: Sequence[Wave], spokes: Mapping[str, Spoke], organization: Organization | None
) -> tuple[Members, ...]:
    """Give every spoke its wave.

    Args:
        waves: In their order.
        spokes: All of them, by stack.
        organization: None where it could not be read: then no wave can go by unit or tag.

    Raises:
        SettingsError: a wave names nobody, or a spoke is in two waves or in none.
    """
    tags = _tags(waves, spokes, organization)
    reasons: dict[str, dict[str, str]] = {stack: {} for stack in spokes}
    for index, wave in enumerate(waves):
        for stack, reason in _named(wave, f"{FILE}: waves[{index}]", spokes, organization, tags).items():
            reasons[stack][wave.name] = reason
    for wave in waves:
        if wave.default:
            for found in reasons.values():
                if not found:
                    found[wave.name] = "default"
    _refuse_two_or_none(reasons)
    members = tuple(Members(wave, tuple(stack for stack in spokes if wave.name in reasons[stack])) for wave in waves)
    for index, each in enumerate(members):
        if not each.stacks and not each.wave.default:
            raise SettingsError(
                f"the wave {each.wave.name!r} has no spokes: {_reason_of_none(each.wave)}. Correct it, or remove the "
                f"wave.",
                code="wave-without-spokes",
                place=f"{FILE}: waves[{index}]",
            )
    return members


def in_stages(stages: Mapping[str, str]) -> tuple[Members, ...]:
    """Give the stacks before the spokes in stages, by the stage of each: of one, none keeps another from beginning."""
    names = dict.fromkeys(stages.values())
    return tuple(
        Members(
            Wave(name=name, default=True, tolerance="100%"),
            tuple(stack for stack, stage in stages.items() if stage == name),
        )
        for name in names
    )


def _named(
    wave: Wave,
    where: str,
    spokes: Mapping[str, Spoke],
    organization: Organization | None,
    tags: Mapping[str, Mapping[str, str]],
) -> dict[str, str]:
    """List the spokes that a wave names, and by what."""
    found = dict.fromkeys(sorted(matching_spokes(spokes, wave.spokes, where=f"{where}.spokes")), "spokes")
    for stack, spoke in spokes.items():
        account = organization.accounts.get(spoke.account) if organization else None
        if account and (unit := next((unit for unit in wave.units if account.is_in(unit)), None)):
            found.setdefault(stack, f"the unit {unit}")
        if wave.tags and wave.tags.items() <= tags.get(spoke.account, {}).items():
            found.setdefault(stack, f"the tags {wave.tags}")
    left = matching_spokes(spokes, wave.exclude, where=f"{where}.exclude")
    return {stack: reason for stack, reason in found.items() if stack not in left}


def _tags(
    waves: Sequence[Wave], spokes: Mapping[str, Spoke], organization: Organization | None
) -> Mapping[str, Mapping[str, str]]:
    by_account = next((index for index, wave in enumerate(waves) if wave.units or wave.tags), None)
    if by_account is not None and organization is None:
        raise SettingsError(
            f"the wave {waves[by_account].name!r} goes by units or tags of accounts, and the organization cannot be "
            f"read. Use credentials that may list its accounts, or name the spokes.",
            code="wave-needs-organization",
            place=f"{FILE}: waves[{by_account}]",
        )
    if organization is None or not any(wave.tags for wave in waves):
        return {}
    return organization.tags(spoke.account for spoke in spokes.values())


def _refuse_two_or_none(reasons: Mapping[str, Mapping[str, str]]) -> None:
    for stack, found in reasons.items():
        if len(found) > 1:
            both = " and ".join(f"{wave!r} (by {reason})" for wave, reason in found.items())
            raise SettingsError(
                f"{stack} is in the waves {both}. Take it out of one of them: exclude: [{stack}]",
                code="spoke-in-two-waves",
                place=f"{FILE}: waves",
            )
    none = [stack for stack, found in reasons.items() if not found]
    if none:
        raise SettingsError(
            f"no wave has the spokes {named(none, 8)}. Name them in a wave, or add one with default: true for all "
            f"spokes that are in no other.",
            code="spoke-in-no-wave",
            place=f"{FILE}: waves",
        )


def _reason_of_none(wave: Wave) -> str:
    tags = (f"has the tag {key}={value}" for key, value in wave.tags.items())
    wanted = " or ".join([*(f"is in the unit {unit}" for unit in wave.units), *tags])
    return f"no spoke's account {wanted}" if wanted else "its exclude names all of its spokes"
