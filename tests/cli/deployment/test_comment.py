"""What a preview found, as a comment on a pull request."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.deployment.comment import Found, commented, in_markdown, read_events
from shared.errors import ConfigError
from tests.support.refused import refused

URN = "urn:pulumi:spoke-a::model-catalog-spoke::aws:servicecatalog/provisionedProduct:ProvisionedProduct::fraud"
LAUNCH = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"


def lines(*events: object) -> str:
    """Write events as Pulumi does."""
    return "\n".join([*map(json.dumps, events), '{"cut'])


def step(fate: str, **known: object) -> dict[str, object]:
    """Make the event of a resource."""
    return {"resourcePreEvent": {"metadata": {"op": fate, "urn": URN, "type": LAUNCH, **known}}}


def test_what_is_replaced_or_deleted_is_told_with_its_cause() -> None:
    found = read_events(
        lines(
            step("replace", keys=["name"], diffs=["name", "tags"]),
            step("create-replacement", keys=["name"]),
            step("delete"),
            step("update", diffs=["tags"]),
            {"summaryEvent": {"resourceChanges": {"replace": 1, "delete": 1, "update": 1, "same": 7}}},
            {"diagnosticEvent": {"severity": "warning", "message": "<{%fg 3%}>ends on 2026-12-24<{%reset%}>\n"}},
            {"diagnosticEvent": {"severity": "info", "message": "not that"}},
            {"policyEvent": {"enforcementLevel": "advisory", "message": "no boundary"}},
        )
    )
    text = in_markdown("spoke-a", found, refused=False)

    assert text.startswith("<!-- model-catalog preview of spoke-a -->\n")
    assert "### Preview of spoke-a: 1 to update, 1 to replace, 1 to delete, 7 unchanged" in text
    assert f"| replaced | {LAUNCH} | fraud | name |" in text
    assert f"| deleted | {LAUNCH} | fraud |  |" in text
    assert "- ends on 2026-12-24\n- no boundary" in text
    assert "not that" not in text


def test_nothing_of_what_is_told_leaves_its_place() -> None:
    found = Found(problems=["a | b\n<script>"], costs=[("x|y", "", "1")], printed="```\nfence\n```")
    text = in_markdown("hub", found, refused=True)

    assert "### Preview of hub: refused\n\n- a \\| b &lt;script>" in text
    assert "| x\\|y |  | 1 |" in text
    assert "````\n```\nfence\n```\n````" in text


def test_what_was_printed_is_cut_to_what_a_comment_has_room_for() -> None:
    text = in_markdown("hub", Found(printed="x" * 200_000), refused=False)

    assert len(text) < 65_536
    assert "…xxx" in text


def test_a_preview_is_heard_and_printed_all_the_same(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "comment.md"

    def preview(options: Sequence[str]) -> int:
        os.write(1, b"as a child prints\n")
        events = {"summaryEvent": {"resourceChanges": {"same": 3}}}
        Path(options[1]).write_text(json.dumps(events))
        return 0

    assert 0 == commented("hub", file, preview, lambda found: setattr(found, "costs", [("a", "1", "2")]))
    assert "as a child prints" in capfd.readouterr().out
    assert "### Preview of hub: 3 unchanged" in file.read_text()
    assert "as a child prints" in file.read_text()
    assert "| a | 1 | 2 |" in file.read_text()


def test_what_is_refused_before_pulumi_runs_is_in_the_comment_and_refused_all_the_same(tmp_path: Path) -> None:
    def preview(_: Sequence[str]) -> int:
        raise ConfigError("is wrong", code="unknown-key", place="Pulumi.hub.yaml")

    with refused(ConfigError, "unknown-key"):
        commented("hub", tmp_path / "comment.md", preview, lambda found: found.problems.append("never"))

    text = (tmp_path / "comment.md").read_text()
    assert "### Preview of hub: refused" in text
    assert "- Pulumi.hub.yaml: is wrong" in text
    assert "never" not in text
    assert "PULUMI_DEBUG_COMMANDS" not in os.environ
