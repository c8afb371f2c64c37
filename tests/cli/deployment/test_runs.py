"""Which commands of Pulumi's a verb runs on a stack, and what their ends come to."""

import os
from pathlib import Path

import pytest

from cli.deployment import observed, safeguards
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from fleet.run.preparation import Preparation
from shared.aws.launch_drift import LaunchDrift
from shared.catalog.lifecycle import AS_OF
from tests.support.command_line import Command
from tests.support.fake_account import always, denied, noting


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a folder with three stacks, and what is asked of the engine there."""
    for stack in ("organization", "hub", "spoke-research"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    found: list[str] = []
    monkeypatch.setattr(Engine, "select", noting(found, None, what="select"))
    monkeypatch.setattr(Engine, "attended", noting(found, 0))
    return found


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        ("preview hub", ["select hub hub", "hub hub preview --diff --suppress-outputs"]),
        ("up hub --yes -v=3", ["select hub hub", "hub hub up --suppress-outputs --yes -v=3"]),
        (
            "up spoke-research --target urn:a::b --skip-preview",
            ["select spoke spoke-research", "spoke spoke-research up --target urn:a::b --skip-preview"],
        ),
        ("up organization", ["select organization organization", "organization organization up"]),
        ("refresh hub", ["hub hub refresh --suppress-outputs"]),
        ("refresh spoke-research --preview-only", ["spoke spoke-research refresh --preview-only"]),
        ("destroy spoke-gone", ["spoke spoke-gone destroy"]),
    ],
)
def test_a_verb_hands_its_options_to_pulumi(ran: list[str], command: Command, words: str, commands: list[str]) -> None:
    assert 0 == command("stack", *words.split()).code
    assert commands == ran


@pytest.mark.parametrize("verb", ["preview", "up", "recover", "relaunch", "plan"])
def test_a_name_without_settings_is_a_typing_mistake_and_runs_nothing(
    ran: list[str], command: Command, verb: str
) -> None:
    ended = command("stack", verb, "spoke-reseach", *(["scoring"] if verb == "relaunch" else []))

    assert (ExitCode.MISTAKE, ("stack-without-settings", "STACK")) == (ended.code, ended.refusal)
    assert "The stacks here are: hub, organization, spoke-research." in ended.err
    assert [] == ran


@pytest.mark.parametrize("verb", ["preview", "up", "refresh", "destroy", "adopt", "plan"])
def test_a_stack_of_no_project_is_refused(ran: list[str], command: Command, verb: str) -> None:
    ended = command("stack", verb, "hubb")

    assert (ExitCode.MISTAKE, ("stack-of-no-project", "STACK")) == (ended.code, ended.refusal)
    assert [] == ran


@pytest.mark.parametrize("content", ["", "[1]\n", "config: 3\n"])
@pytest.mark.parametrize(
    "words",
    ["preview organization", "preview hub", "up hub", "refresh hub", "destroy organization", "preview spoke-research"],
)
def test_a_file_that_holds_no_settings_is_named_before_pulumi_is_started(
    ran: list[str], command: Command, words: str, content: str
) -> None:
    stack = words.partition(" ")[2]
    Path(f"Pulumi.{stack}.yaml").write_text(content)

    ended = command("stack", *words.split())

    assert (ExitCode.MISTAKE, ("missing-key", f"Pulumi.{stack}.yaml: config")) == (ended.code, ended.refusal)
    assert [] == ran


@pytest.mark.parametrize(("code", "expected"), [(1, ExitCode.FAILED), (7, ExitCode.NOT_REACHED), (2, ExitCode.MISTAKE)])
@pytest.mark.usefixtures("ran")
def test_a_failure_of_pulumi_is_told_by_its_code(
    command: Command, monkeypatch: pytest.MonkeyPatch, code: int, expected: ExitCode
) -> None:
    monkeypatch.setattr(Engine, "attended", always(code))

    assert expected == command("stack", "up", "spoke-research").code


@pytest.mark.usefixtures("ran")
def test_after_a_hub_that_failed_its_shares_are_explained(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    explained: list[str] = []
    monkeypatch.setattr("cli.deployment.shares.explain_shares", explained.append)
    monkeypatch.setattr("cli.deployment.shares.lack_only_suspended", always(False))  # noqa: FBT003 - an answer
    monkeypatch.setattr(Engine, "attended", always(1))

    assert ExitCode.FAILED == command("stack", "up", "hub").code
    assert ["hub"] == explained


@pytest.mark.usefixtures("ran")
def test_a_hub_goes_on_after_each_share_that_only_suspended_accounts_lack(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding: one suspended account keeps a hub red for 90 days."""
    codes, ran = iter([255, 255, 0]), list[str]()

    def attended(_: object, *words: str) -> int:
        ran.append(" ".join(words))
        return next(codes)

    monkeypatch.setattr(Engine, "attended", attended)
    monkeypatch.setattr("cli.deployment.shares.lack_only_suspended", always(True))  # noqa: FBT003 - an answer

    ended = command("stack", "up", "hub", "--diff")

    assert ExitCode.DONE == ended.code
    assert 2 == ended.out.count("only suspended accounts are without it")
    again = "hub hub up --suppress-outputs --diff --yes --skip-preview"
    assert ["hub hub up --suppress-outputs --diff", again, again] == ran


@pytest.mark.usefixtures("ran")
def test_a_preview_may_be_of_another_day(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AS_OF, "2026-11-01")
    days: list[str] = []

    def select(*_: object) -> None:
        days.append(os.environ[AS_OF])

    monkeypatch.setattr(Engine, "select", select)

    command("stack", "preview", "hub", "--as-of", "2026-12-24")

    assert ["2026-12-24"] == days


def test_a_launch_that_failed_is_replaced_and_what_differs_is_told_first(
    ran: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Preparation(replaced=["urn:a"], notes=["scoring failed when it was launched. It is launched anew"])
    monkeypatch.setattr(safeguards, "prepared", always(prepared))
    monkeypatch.setattr(observed, "launch_drift", always([LaunchDrift(launch="search", gone=True)]))

    up, preview = command("stack", "up", "spoke-research", "--yes"), command("stack", "preview", "spoke-research")

    assert "spoke-research: scoring failed when it was launched. It is launched anew\n" in up.out
    assert "warning: spoke-research: search is not in the account any more\n" in preview.out
    assert [
        "spoke spoke-research up --yes --replace urn:a",
        "spoke spoke-research preview --diff --suppress-outputs --replace urn:a",
    ] == [each for each in ran if not each.startswith("select")]


@pytest.mark.usefixtures("ran")
def test_a_preview_goes_on_where_launches_cannot_be_compared(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise denied("SearchProvisionedProducts")

    monkeypatch.setattr(observed, "launch_drift", fail)

    ended = command("stack", "preview", "spoke-research")

    assert 0 == ended.code
    assert "launches not compared with AWS: An error occurred (AccessDeniedException)" in ended.out


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(
    ("words", "code", "taken"),
    [
        ("spoke-research --yes", 0, ["spoke-research"]),
        ("spoke-research --preview-only", 0, []),
        ("spoke-research --target=urn:a", 0, []),
        ("spoke-research --yes", 1, []),
        ("hub --yes", 0, []),
        ("spoke-gone --yes", 0, []),
    ],
)
def test_a_whole_refresh_of_a_spoke_takes_parameters_over(
    command: Command, monkeypatch: pytest.MonkeyPatch, words: str, code: int, taken: list[str]
) -> None:
    found: list[str] = []
    monkeypatch.setattr(observed, "take_parameters_over", found.append)
    monkeypatch.setattr(Engine, "attended", always(code))

    command("stack", "refresh", *words.split())

    assert taken == found
