"""What Pulumi prints, as it prints it, and what is read from it."""

import os
from pathlib import Path

import pytest

from fleet.patience import is_throttled
from fleet.run.engine_log import Log, changes_in, is_locked, last_line, reason_in

STACK = "pulumi:pulumi:Stack model-catalog-spoke-spoke-research"
READING = (
    "Catalog: organization/model-catalog-hub/hub (hubStack in Pulumi.spoke-research.yaml; "
    "deployed by model-catalog stack up hub)"
)
REFUSAL = (
    "Pulumi.spoke-research.yaml: launches[0] (fraud-scoring): version: invalid value '9.9.9', which the hub does not "
    "offer. It offers of Fraud detector, real-time endpoint: 1.0.0, 1.1.0."
)
REFUSED = f"""\
Updating (spoke-research):

    {STACK}  {READING}
 +  {STACK} creating (0s) read pulumi:pulumi:StackReference hubStack
@ updating....
 +  {STACK} creating (0s) error: {REFUSAL}
 +  {STACK} creating (0s) error: an unhandled error occurred: program exited with non-zero exit code: 1
 +  {STACK} **creating failed (0.36s)** 2 errors; 1 message
Diagnostics:
  pulumi:pulumi:Stack (model-catalog-spoke-spoke-research):
    {READING}
    error: {REFUSAL}
    error: an unhandled error occurred: program exited with non-zero exit code: 1

Resources:
    + 1 created
    1 errored

Duration: 1s

"""
REFUSED_IN_A_PREVIEW = f"""\
Previewing update (spoke-research):
{READING}
  pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:spoke-research::model-catalog-spoke::pulumi:pulumi:Stack::model-catalog-spoke-spoke-research]
error: {REFUSAL}
error: an unhandled error occurred: program exited with non-zero exit code: 1
Resources:
    1 unchanged
"""
LOCKED = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock \
file with `pulumi cancel`.
  file:///state/.pulumi/locks/organization/model-catalog-spoke/spoke-research/aaaa-bbbb.json?no_tmp_dir=true: created \
by ada@elsewhere (pid 1) at 2026-10-06T10:00:00Z
"""
THROTTLED = """\
 +  aws:servicecatalog:ProvisionedProduct fraud-scoring creating (0s)
@ updating......................................................
 +  aws:servicecatalog:ProvisionedProduct fraud-scoring creating (50s) error: 1 error occurred:
 +  aws:servicecatalog:ProvisionedProduct fraud-scoring **creating failed** error: 1 error occurred:
 +  pulumi:pulumi:Stack model-catalog-spoke-spoke-production creating (51s) error: update failed
Diagnostics:
  aws:servicecatalog:ProvisionedProduct (fraud-scoring):
    error: 1 error occurred:
    \t* provisioning Service Catalog Product (fraud-scoring): operation error Service Catalog: ProvisionProduct, https \
response error StatusCode: 400, RequestID: , api error ThrottlingException: Rate exceeded

  pulumi:pulumi:Stack (model-catalog-spoke-spoke-production):
    fraud-scoring: about 201 to 604 USD a month (estimate, list prices of 2026-11-24)
    error: update failed

Resources:
    + 14 created
    2 errored

Duration: 52s

"""


def test_the_reason_of_a_refusal_is_the_programs_own_words() -> None:
    assert REFUSAL == reason_in(REFUSED)


def test_it_is_the_same_in_a_preview() -> None:
    assert REFUSAL == reason_in(REFUSED_IN_A_PREVIEW)


def test_the_reason_of_a_failed_resource_is_what_aws_said() -> None:
    assert reason_in(THROTTLED) == (
        "1 error occurred: * provisioning Service Catalog Product (fraud-scoring): operation error Service Catalog: "
        "ProvisionProduct, https response error StatusCode: 400, RequestID: , api error ThrottlingException: Rate "
        "exceeded"
    )


def test_the_reason_of_a_locked_stack_says_who_has_it() -> None:
    reason = reason_in(LOCKED)

    assert reason.startswith("the stack is currently locked by 1 lock(s).")
    assert reason.endswith("created by ada@elsewhere (pid 1) at 2026-10-06T10:00:00Z")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Pulumi said nothing"),
        ("\n \n", "Pulumi said nothing"),
        ("starting\npanic: it broke\n\n", "panic: it broke"),
        ("error: update failed\n", "error: update failed"),
        ("error: one\nwarning: two\nerror: three\n", "one\nthree"),
        ("error: one\n\nerror: one\n", "one"),
        ("error: one\nerror: two\nerror: three\nerror: four\nerror: five\n", "one\ntwo\nthree\nand 2 more errors"),
        ("error: An unhandled error occurred: Program exited with non-zero exit code: 1\nerror: one", "one"),
    ],
)
def test_there_is_always_a_reason(text: str, reason: str) -> None:
    assert reason == reason_in(text)


def test_throttling_and_locks_are_told_apart() -> None:
    texts = (THROTTLED, LOCKED, REFUSED)

    assert (True, False, False) == tuple(is_throttled(text) for text in texts)
    assert (False, True, False) == tuple(is_locked(text) for text in texts)


@pytest.mark.parametrize(
    "said",
    [
        "Throttling: Rate exceeded",
        "api error TooManyRequestsException",
        "RequestLimitExceeded",
        "SlowDown: Please reduce",
    ],
)
def test_aws_has_many_words_for_throttling(said: str) -> None:
    assert is_throttled(said)


def test_a_lock_of_pulumi_cloud_is_one_too() -> None:
    assert is_locked("error: [409] Conflict: Another update is currently in progress.".lower())


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        (["26 unchanged"], "26 unchanged"),
        (["+ 5 created"], "5 created"),
        (["+ 25 created", "1 unchanged"], "25 created, 1 unchanged"),
        (["+ 26 to create"], "26 to create"),
        (["~ 1 to update", "25 unchanged"], "1 to update, 25 unchanged"),
        (["+ 1 to create", "- 1 to delete", "2 changes. 25 unchanged"], "1 to create, 1 to delete, 25 unchanged"),
        (["+-1 replaced", "25 unchanged"], "1 replaced, 25 unchanged"),
        (["+-1 to replace"], "1 to replace"),
        (["~ 2 updated", "- 1 deleted", "3 changes. 23 unchanged"], "2 updated, 1 deleted, 23 unchanged"),
        (["25 unchanged", "2 errored"], "25 unchanged"),
        ([], ""),
    ],
)
def test_the_engines_own_counts_are_given(lines: list[str], changes: str) -> None:
    counts = "".join(f"    {line}\n" for line in lines)

    assert changes == changes_in(f"Outputs:\n    n: 26 unchanged\n\nResources:\n{counts}\nDuration: 2s\n\n")


def test_without_counts_there_are_no_changes() -> None:
    assert not changes_in(LOCKED)


def test_the_last_line_that_says_something_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x" * 5000 + "\n first  \n  +  aws:iam:Role  a  creating \n@ updating....\n\n")

    assert "+ aws:iam:Role a creating" == last_line(log)


@pytest.mark.parametrize("content", ["", "\n\n", "@ updating....\n"])
def test_a_log_may_say_nothing_yet(tmp_path: Path, content: str) -> None:
    (tmp_path / "log").write_text(content)

    assert not last_line(tmp_path / "log")
    assert not last_line(tmp_path / "none")


def test_a_log_goes_on_where_an_earlier_try_ended(tmp_path: Path) -> None:
    path = tmp_path / "run" / "spoke-a.log"
    log = Log(path)
    write(log, b"first\n")
    since = log.size

    write(log, b"second\n")

    assert "second\n" == log.text(since)
    assert not log.close()
    assert not log.close()
    assert path.read_bytes().startswith(b"first\nsecond\n")


def test_what_is_no_text_does_not_hurt(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    write(log, b"error: \xff\n")

    assert "\ufffd" == reason_in(log.text())
    log.close()


def test_a_full_disk_is_told_and_stops_nothing() -> None:
    log = Log(Path("/dev/full"))

    assert log.file
    assert "the log could not be kept in full: No space left on device" == log.close()
    assert "the log could not be kept in full: No space left on device" == log.close()


def test_a_log_that_cannot_be_opened_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = Log(tmp_path / "file" / "run" / "spoke-a.log")

    assert None is log.file
    assert (0, "") == (log.size, log.text())
    assert "the log could not be kept in full: Not a directory" == log.close()


def write(log: Log, content: bytes) -> None:
    """Write as Pulumi does, past Python's own buffer."""
    assert log.file
    os.write(log.file.fileno(), content)
