"""Runs a proof from its first check to its last removal."""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import NotReachedError, RehearsalError
from cli.exit_codes import ExitCode, reached
from cli.proving.checks import is_rehearsed, refuse_accounts, refuse_catalog, refuse_tools
from cli.proving.cost import estimate, refuse_expensive, total
from cli.proving.deployers import Deployers
from cli.proving.inventory import look_everywhere
from cli.proving.measures import Measures
from cli.proving.model import Model
from cli.proving.parties import MANAGEMENT, PARTS, Parties
from cli.proving.record import (
    AWS,
    FOLDER,
    SANDBOX,
    Process,
    Record,
    StepRecord,
    find_run,
    left_on_aws,
    new_mark,
    read_record,
)
from cli.proving.removal import remove_all
from cli.proving.report import FILE as REPORT
from cli.proving.report import differences, write_report
from cli.proving.stacks import Destroy, Failed, Hub, Moved, Organization, Refresh, Spoke, Unchanged
from cli.proving.stage import Stage
from cli.proving.step import Proof, Step
from cli.proving.suite import Tests
from cli.proving.trust import NoTrust, Trust
from shared.aws.session import error_text
from shared.errors import CatalogError, ConfigError

STEPS: Final[Sequence[type[Step]]] = (
    *(Trust, Tests, Measures, NoTrust),
    *(Deployers, Model, Organization, Hub, Spoke, Unchanged, Refresh, Moved, Failed, Destroy),
)
_FAST: Final = 2000
"""Of the sandbox in a rehearsal that only has to say what is to be expected."""
SKIPPABLE: Final = tuple(step.name for step in (Tests, Measures, Unchanged, Refresh, Moved, Failed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What somebody wants of a proof.

    Attributes:
        profiles: Of the AWS configuration, by part.
        throw_away: The ids of the accounts that nobody needs.
        region: Where; the region of the hub's profile if empty.
        plugin: Of Pulumi.
        limit: USD that it may cost by its own estimate.
        skip: Steps that are left out.
        tests: Which of the sandbox's tests: an expression for pytest's -k, empty for all.
        iam_seconds: So long these tests let a new role get known.
        expected: A run's file to compare with; a rehearsal's of its own unless given.
    """

    profiles: dict[str, str]
    throw_away: list[str]
    region: str = ""
    plugin: str = "official"
    limit: float = 5.0
    skip: list[str] = field(default_factory=list[str])
    tests: str = ""
    iam_seconds: float = 15
    expected: Path | None = None


def prove(options: Options) -> int:
    """Prove; done only where every step was, and nothing is left.

    Raises:
        CatalogError: something is not as it has to be; nothing was made.
    """
    wrong = [each for each in options.skip if each not in SKIPPABLE]
    if wrong:
        raise ConfigError(
            f"invalid value {wrong[0]!r}. Expected one of: {', '.join(SKIPPABLE)}.",
            code="proof-step-unknown",
            place="--skip",
        )
    plugin = refuse_tools(options.plugin)
    costs = estimate(tests=Tests.name not in options.skip)
    refuse_expensive(costs, options.limit)
    parties = Parties(options.profiles, options.region)
    unit = refuse_accounts(parties, options.throw_away)
    found = look_everywhere(parties)
    refuse_catalog(parties, found, [] if is_rehearsed() else left_on_aws())
    expected = read_record(options.expected) if options.expected else rehearsed(options)
    mark = new_mark()
    record = Record(
        run=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}-{mark.removeprefix('proof-')}",
        mark=mark,
        region=parties.region,
        profiles={part: parties[part].profile for part in PARTS},
        accounts=parties.ids,
        plugin=options.plugin,
        on=SANDBOX if is_rehearsed() else AWS,
        commit=_commit(),
        process=Process.this(),
        estimate=costs,
        before={part: [str(item) for item in found if item.part == part] for part in PARTS},
    )
    proof = Proof(parties, record, Stage(record, parties[MANAGEMENT]), options.tests, unit, options.iam_seconds)
    print(f"proof {record.run} on {record.on}, about {total(costs):.2f} USD, with {plugin}", flush=True)
    if parties.short_lived:
        print(
            f"warning: the credentials of {', '.join(parties.short_lived)} end, and are not renewed by themselves. "
            f"What is there when they end is removed by: model-catalog proof remove {record.run}",
            file=sys.stderr,
        )
    return _run(proof, chosen_steps(options.skip), expected)


def remove(run: str) -> int:
    """Remove what a run left; done where nothing of it is left.

    Raises:
        ConfigError: there is no such run, or the profiles are of other accounts now.
        NotReachedError: the run has not ended.
    """
    record = find_run(run)
    if record.process.is_alive:
        raise NotReachedError(
            f"the run has not ended: its process is {record.process.pid}. Wait, or interrupt it; it removes what it "
            f"made by itself.",
            code="proof-running",
            place=run,
        )
    parties = Parties(record.profiles, record.region)
    if parties.ids != record.accounts:
        raise ConfigError(
            f"the profiles {', '.join(record.profiles.values())} are of the accounts {', '.join(parties.ids.values())} "
            f"now, and the run was in {', '.join(record.accounts.values())}. Nothing was changed.",
            code="proof-other-accounts",
            place=run,
        )
    proof = Proof(parties, record, Stage(record, parties[MANAGEMENT]))
    for step in record.steps:
        if step.state == "begun":
            step.state, step.problem = "failed", "the run was killed"
    return _remove(proof, None)


def chosen_steps(skip: Sequence[str]) -> list[Step]:
    """Make the steps; trust is for those that need it."""
    left_out = {*skip, *((Trust.name, NoTrust.name) if {Tests.name, Measures.name} <= set(skip) else ())}
    return [step() for step in STEPS if step.name not in left_out]


def _run(proof: Proof, steps: Sequence[Step], expected: Record | None) -> int:
    done = False
    try:
        proof.record.save()
        proof.stage.make()
        for step in steps:
            _take(proof, step, expected)
        done = True
    except (RehearsalError, CatalogError, ClientError, BotoCoreError, OSError, subprocess.SubprocessError) as problem:
        print(f"failed: {error_text(problem)}", file=sys.stderr, flush=True)
    finally:
        print(
            "removing what was made; an interrupt now leaves the rest to: model-catalog proof remove "
            f"{proof.record.run}",
            flush=True,
        )
        code = _remove(proof, expected)
    if expected and (differing := differences(proof.record, expected)):
        print(f"observations that differ from the sandbox: {len(differing)}")
    return code if done else (ExitCode.FAILED if code is ExitCode.DONE else code)


def _take(proof: Proof, step: Step, expected: Record | None) -> None:
    """Take a step, and write the report, however it ends."""
    record = StepRecord(name=step.name, what=step.what, undo=step.undo, began=dt.datetime.now(dt.UTC))
    proof.begin(record)
    write_report(proof.record, expected)
    begun = time.monotonic()
    try:
        step.run(proof)
        record.state = "done"
    except BaseException as problem:
        record.state, record.problem = "failed", proof.without_ids(_words(problem))
        raise
    finally:
        record.seconds = round(time.monotonic() - begun, 1)
        write_report(proof.record, expected)
        print(f"{step.name:<14} {record.seconds:7.1f} s   {record.state}", flush=True)


def _words(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())[:2000]}"


def _remove(proof: Proof, expected: Record | None) -> ExitCode:
    begun = time.monotonic()
    for line in remove_all(proof):
        print(f"  {line}", flush=True)
    print(f"{'removal':<14} {time.monotonic() - begun:7.1f} s", flush=True)
    write_report(proof.record, expected)
    print(f"report: {proof.record.folder / REPORT}", flush=True)
    return reached(reached=proof.record.removed)


def rehearsed(options: Options) -> Record | None:
    """Rehearse the same on the sandbox, so that the run on AWS has something to differ from.

    Raises:
        NotReachedError: the rehearsal failed.
    """
    if is_rehearsed():
        return None
    from cli.proving.rehearsal import Conditions, rehearse  # noqa: PLC0415 - it starts proofs, and so knows this module

    print("the rehearsal on the sandbox, at no cost, whose report the run on AWS is compared with", flush=True)
    code, path = rehearse(Conditions(speed=_FAST, plain=True, skip=options.skip, tests=options.tests))
    if code != 0 or path is None:
        raise NotReachedError(
            f"the rehearsal failed, and nothing was done on AWS: {path.with_name(REPORT) if path else FOLDER}",
            code="proof-rehearsal-failed",
        )
    return read_record(path)


def _commit() -> str:
    done = subprocess.run(("git", "rev-parse", "--short=12", "HEAD"), capture_output=True, text=True, check=False)
    return done.stdout.strip()
