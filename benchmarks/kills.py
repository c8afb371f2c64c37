"""Kills (-9) engine, plug-in, command and fleet at random moments, mends by one command, and compares with AWS.

Usage: python -m benchmarks.kills [--kills 200] [--seed 1]

A hub and a spoke live their whole lives: first `up`, an update, `destroy`. Each of these is killed once, at a moment
between its start and its usual end, every second one while AWS throttles. `stack recover` and the same command once
more have to bring it to its end (a rollout alone, where the fleet runs it). Then every object in AWS is held against
the state, one by one: nothing twice, nothing that no state knows, nothing pending, and nothing left to change.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.kills_objects import HUB, of_account, of_state
from benchmarks.kills_stage import RESEARCH, KillStage

_SPOKE: Final = "spoke-research"
_PATIENCE_SECONDS: Final = 180
_COMMAND: Final = (sys.executable, "-m", "cli")
_FLEET: Final = (sys.executable, "-m", "fleet", "up")
_UNATTENDED: Final = ("--yes", "--skip-preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a life that is killed once.

    Attributes:
        name: What it is.
        stack: Whose.
        command: What deploys or destroys it.
        before: What is edited before it runs.
        ends_empty: Nothing may be left in the account.
    """

    name: str
    stack: str
    command: Sequence[str]
    before: Callable[[KillStage], None] = KillStage.leave
    ends_empty: bool = False

    @property
    def account(self) -> str:
        """Where it works."""
        return RESEARCH if self.stack == _SPOKE else HUB


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How long a part of a life is when nobody kills it: in time, and in lines that are printed."""

    seconds: float
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Whom to kill and when: after this share of what is usual."""

    target: str
    share: float
    throttled: bool


@dataclass(slots=True, kw_only=True)
class Trial:
    """What a kill came to.

    Attributes:
        hit: Somebody was killed before the command had ended.
        told: What the recovery said.
        problems: What was not mended.
    """

    phase: str
    kill: Kill
    hit: bool = False
    seconds: float = 0
    told: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])


def phases(*, by_fleet: bool) -> Iterator[Phase]:
    """List what a hub and a spoke live through."""
    deploy = _FLEET if by_fleet else (*_COMMAND, "stack", "up", _SPOKE, *_UNATTENDED)
    hub = (*_COMMAND, "stack", "up", "hub", *_UNATTENDED)
    yield Phase(name="hub: first up", stack="hub", command=hub)
    yield Phase(name="hub: update", stack="hub", command=hub, before=KillStage.change_hub)
    yield Phase(name="spoke: first up", stack=_SPOKE, command=deploy)
    yield Phase(name="spoke: update", stack=_SPOKE, command=deploy, before=KillStage.change_spoke)
    for stack in (_SPOKE, "hub"):
        command = (*_COMMAND, "stack", "destroy", stack, *_UNATTENDED)
        yield Phase(name=f"{stack.partition('-')[0]}: destroy", stack=stack, command=command, ends_empty=True)


def main() -> int:
    """Kill so often, print a table, and fail where something was not mended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance, console = random.Random(arguments.seed), Console(width=160)  # noqa: S311 - it is to be foreseen
    usual = _usual(console)
    trials: list[Trial] = []
    begun = time.perf_counter()
    while len(trials) < arguments.kills:
        for trial in _life(chance, usual, by_fleet=bool(chance.getrandbits(1))):
            trials.append(trial)
            _tell(console, len(trials), trial)
            if len(trials) == arguments.kills:
                break
    _report(console, trials, time.perf_counter() - begun, arguments.seed)
    return 1 if any(trial.problems for trial in trials) else 0


def _usual(console: Console) -> Mapping[str, Usual]:
    """Live one life that nobody kills, to know how long each part is; it has to be whole too."""
    found: dict[str, Usual] = {}
    with tempfile.TemporaryDirectory() as folder, KillStage(Path(folder) / "stage") as stage:
        stage.prepare()
        for phase in phases(by_fleet=False):
            phase.before(stage)
            begun = time.perf_counter()
            done = stage.run(*phase.command)
            seconds, lines = time.perf_counter() - begun, len(done.stdout.splitlines())
            found[phase.name] = Usual(seconds=seconds, lines=lines)
            problems = [*_differences(stage, phase)] if done.returncode == 0 else [done.stdout]
            if problems:
                sys.exit(f"{phase.name}: {problems}")
            console.print(f"{phase.name}: {seconds:.1f} s and {lines} lines when nobody kills it", highlight=False)
    return found


def _life(chance: random.Random, usual: Mapping[str, Usual], *, by_fleet: bool) -> Iterator[Trial]:
    with tempfile.TemporaryDirectory() as folder, KillStage(Path(folder) / "stage") as stage:
        stage.prepare()
        for phase in phases(by_fleet=by_fleet):
            fleet = phase.command is _FLEET
            kill = Kill(
                target=chance.choice(("engine", "plug-in", "fleet" if fleet else "command and engine")),
                share=chance.random(),
                throttled=bool(chance.getrandbits(1)),
            )
            trial = Trial(phase=f"{phase.name} (fleet)" if fleet else phase.name, kill=kill)
            begun = time.perf_counter()
            _try(stage, phase, trial, usual[phase.name])
            trial.seconds = time.perf_counter() - begun
            if trial.problems:
                trial.problems.append(f"what was printed is kept in {_kept(stage)}")
            yield trial
            if trial.problems:
                return  # what comes after would only say it again


def _kept(stage: KillStage) -> Path:
    """Put the logs of a life that went wrong where they outlast it."""
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    for name in ("killed.log", ".fleet"):
        found = stage.project / name
        if found.is_dir():
            shutil.copytree(found, folder / name)
        elif found.exists():
            shutil.copy(found, folder)
    return folder


def _try(stage: KillStage, phase: Phase, trial: Trial, usual: Usual) -> None:
    phase.before(stage)
    stage.throttle(on=trial.kill.throttled)
    log = stage.project / "killed.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            phase.command,
            cwd=stage.project,
            env=stage.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        _await(process, phase, log, trial.kill.share, usual)
        trial.hit = _kill(process, trial.kill.target)
        try:
            _ = process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            below = [str(each) for each in psutil.Process(process.pid).children(recursive=True)]
            process.kill()
            trial.problems.append(f"the command did not end after the kill, and waited for {', '.join(below)}")
    stage.throttle(on=False)
    if phase.command is not _FLEET:
        _recover(stage, phase, trial)
    done = stage.run(*phase.command)
    if done.returncode != 0:
        trial.problems.append(f"the command failed after the recovery: {done.stdout[-1500:]}")
    trial.problems += _differences(stage, phase)


def _await(process: "subprocess.Popen[bytes]", phase: Phase, log: Path, share: float, usual: Usual) -> None:
    """Wait for the moment: by what was printed, since a machine is slow at times; a rollout prints into other files."""
    if phase.command is _FLEET:
        time.sleep(usual.seconds * share)
        return
    while process.poll() is None and len(log.read_bytes().splitlines()) < usual.lines * share:
        time.sleep(0.005)


def _recover(stage: KillStage, phase: Phase, trial: Trial) -> None:
    done = stage.run(*_COMMAND, "stack", "recover", phase.stack)
    trial.told += [line.partition(": ")[2] for line in done.stdout.splitlines() if "taken into the state" in line]
    if done.returncode != 0:
        trial.problems.append(f"the recovery ended with {done.returncode}: {done.stdout[-1500:]}")


def _kill(process: "subprocess.Popen[bytes]", target: str) -> bool:
    """Kill, as soon as there is somebody to kill, and say whether there was."""
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            below = psutil.Process(process.pid).children(recursive=True)
            engines = [each for each in below if each.name() == "pulumi"]
            plugins = [each for each in below if "sandbox.plugin" in each.cmdline()]
            match target:
                case "engine":
                    chosen = engines
                case "plug-in":
                    chosen = plugins
                case "fleet":
                    chosen = [psutil.Process(process.pid)]
                case _:
                    chosen = [psutil.Process(process.pid), *engines] if engines else []
            for each in chosen:
                os.kill(each.pid, signal.SIGKILL)
            if chosen:
                return True
        time.sleep(0.01)
    return False


def _differences(stage: KillStage, phase: Phase) -> list[str]:
    """Hold AWS against the state, object by object, and both against the program."""
    everything, before = of_account(stage, phase.account), stage.before[phase.account]
    there, known = everything - before, of_state(stage, phase.stack)
    found = [f"was there before the first up, and is gone: {kind} {identity}" for kind, identity in before - everything]
    found += [f"in AWS and in no state: {kind} {identity}" for kind, identity in (there - known).elements()]
    found += [f"in the state and not in AWS: {kind} {identity}" for kind, identity in (known - there).elements()]
    if phase.ends_empty:
        return [*found, *(f"left: {kind} {identity}" for kind, identity in there.elements())]
    project = phase.stack.partition("-")[0]
    done = stage.run("pulumi", "-C", project, "-s", phase.stack, "preview", "--expect-no-changes", "--suppress-outputs")
    return found if done.returncode == 0 else [*found, f"something is left to change: {done.stdout[-1500:]}"]


def _tell(console: Console, number: int, trial: Trial) -> None:
    kill = trial.kill
    what = f"{number}: {trial.phase}, {kill.target} at {kill.share:.0%}{', throttled' if kill.throttled else ''}"
    end = "; ".join(trial.problems) or ("mended" if trial.hit else "it had ended before")
    taken = f", {len(trial.told)} taken into the state" if trial.told else ""
    console.print(f"{what}: {end}{taken} ({trial.seconds:.0f} s)", highlight=False, markup=False, soft_wrap=True)


def _report(console: Console, trials: Sequence[Trial], seconds: float, seed: int) -> None:
    table = Table("phase", "kills", "of these before its end", "throttled", "taken into a state", "not mended")
    for phase in dict.fromkeys(trial.phase for trial in trials):
        of_phase = [trial for trial in trials if trial.phase == phase]
        table.add_row(
            phase,
            str(len(of_phase)),
            str(sum(trial.hit for trial in of_phase)),
            str(sum(trial.kill.throttled for trial in of_phase)),
            str(sum(len(trial.told) for trial in of_phase)),
            str(sum(bool(trial.problems) for trial in of_phase)),
        )
    console.print(table)
    console.print(f"{len(trials)} kills with seed {seed} in {seconds / 60:.0f} minutes", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
