"""The report of a proof: what it did, what it measured, and everything in which it differs from the sandbox."""

from collections.abc import Iterator
from typing import Final

from cli.proving.cost import total
from cli.proving.record import Fact, Measure, Record
from shared.files import write_file

FILE: Final = "proof.md"
_NEVER: Final = "did not happen"


def differences(found: Record, expected: Record | None) -> list[tuple[str, str, str]]:
    """List what was observed otherwise than on the sandbox: what, there, here. A step that did not run is left out."""
    if expected is None:
        return []
    ran = {step.name for step in found.steps if step.state != "begun"} & {step.name for step in expected.steps}
    there, here = (
        {name: value for name, value in each.facts.items() if name.partition(": ")[0] in ran}
        for each in (expected, found)
    )
    return [
        (name, _said(there.get(name, _NEVER)), _said(here.get(name, _NEVER)))
        for name in [*here, *(name for name in there if name not in here)]
        if here.get(name) != there.get(name)
    ]


def write_report(found: Record, expected: Record | None) -> None:
    """Write both files: the run's own, which is for machines, and the one for people."""
    found.save()
    write_file(found.folder / FILE, "\n".join([*_lines(found, expected), ""]))


def _lines(found: Record, expected: Record | None) -> Iterator[str]:
    yield f"# Proof {found.run}"
    yield ""
    yield f"On {found.on}, region {found.region}, with {found.plugin}. Commit {found.commit or 'unknown'}."
    accounts = ", ".join(f"{part} {account}" for part, account in found.accounts.items())
    yield f"Accounts: {accounts}. Everything made has `{found.mark}` in its name."
    costs = "; ".join(f"{what}: {cost:.2f}" for what, cost in found.estimate)
    yield f"Estimate: {total(found.estimate):.2f} USD ({costs})."
    if found.calls:
        yield f"Service Catalog was called {found.calls} times."
    yield ""
    yield f"**{_verdict(found)}**"
    yield from _steps(found)
    yield from _measures(found)
    yield from _differences(found, expected)
    yield from _observations(found)
    yield from _removal(found)


def _verdict(found: Record) -> str:
    failed = next((step for step in found.steps if step.state == "failed"), None)
    ending = "All of it is removed." if found.removed else "It is not removed (yet): see the end."
    if failed:
        return f"Step “{failed.name}” failed: {' '.join(failed.problem.split())} {ending}"
    if any(step.state == "begun" for step in found.steps):
        return f"A step has not ended. {ending}"
    return f"Every step was done. {ending}"


def _steps(found: Record) -> Iterator[str]:
    yield from ("", "## Steps", "", "| step | what it does | how it is undone | began | took | ended |")
    yield "| --- | --- | --- | --- | --- | --- |"
    for step in found.steps:
        took = "" if step.seconds is None else f"{step.seconds:.0f} s"
        yield f"| {step.name} | {step.what} | {step.undo} | {step.began:%H:%M:%S} | {took} | {step.state} |"


def _measures(found: Record) -> Iterator[str]:
    measures = [(step.name, each) for step in found.steps for each in step.measures if each.seconds]
    if not measures:
        return
    yield from (
        "",
        "## Measured",
        "",
        "| what | step | times | least | median | most | the sandbox takes | waited for |",
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for step, each in measures:
        ordered = sorted(each.seconds)
        least, median, most = ordered[0], ordered[len(ordered) // 2], ordered[-1]
        sandbox = "" if each.sandbox is None else f"{each.sandbox:g} s"
        yield (
            f"| {each.name} | {step} | {len(ordered)} | {least:.1f} s | {median:.1f} s | {most:.1f} s | {sandbox} | "
            f"{_waited(each)} |"
        )


def _waited(measure: Measure) -> str:
    if measure.relied_on is None:
        return ""
    text = f"{measure.relied_on:g} s by {measure.by}"
    return f"**{text}: too short**" if measure.is_beyond else text


def _differences(found: Record, expected: Record | None) -> Iterator[str]:
    yield from ("", "## Differences from the sandbox", "")
    if expected is None:
        yield "Not compared: this is the sandbox itself, or no rehearsal was given."
        return
    differing = differences(found, expected)
    yield f"Compared with {expected.run}, {len(found.facts)} observations; {len(differing)} differ."
    if differing:
        yield from ("", "| observation | on the sandbox | here |", "| --- | --- | --- |")
        yield from (f"| {name} | {there} | {here} |" for name, there, here in differing)


def _observations(found: Record) -> Iterator[str]:
    yield from ("", "## Observed")
    for step in found.steps:
        if not (step.facts or step.notes):
            continue
        yield from ("", f"### {step.name}", "")
        holding = sum(1 for fact in step.facts if fact.value == "holds")
        if holding:
            yield f"- {holding} facts of the sandbox hold"
        yield from (f"- {fact.name}: {_said(fact.value)}" for fact in step.facts if fact.value != "holds")
        yield from (f"- {' '.join(note.split())}" for note in step.notes)


def _removal(found: Record) -> Iterator[str]:
    yield from ("", "## Removal", "")
    yield from (f"- {line}" for line in found.removal)
    yield from (f"- remains in {line}" for line in found.remains)
    if found.removed:
        yield "- nothing of the run is left"
    else:
        yield f"- not removed yet: `model-catalog proof remove {found.run}`"


def _said(value: Fact) -> str:
    text = (", ".join(value) or "none") if isinstance(value, list) else str(value)
    return " ".join(text.split()).replace("|", "\\|")
