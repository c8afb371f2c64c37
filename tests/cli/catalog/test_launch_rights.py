"""What launches take is shown beside what the launch role has, and written into its file."""

import json
import re
from typing import Any

import pytest

from cli.catalog import check
from cli.exit_codes import ExitCode
from hub.definitions.derived import registry
from hub.definitions.derived.product_rights import read_product_rights
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.command_line import Command
from tests.support.fake_account import always
from tests.support.refused import refused

FRAUD = "fraud-detector-realtime"
POLICY = f"products/{FRAUD}/launch-policy.json"
TOPIC = "  Alerts: {Type: AWS::SNS::Topic}\n"


@pytest.fixture(autouse=True)
def no_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave cfn-lint out, which takes seconds."""
    monkeypatch.setattr(check, "_lint", lambda: iter(()))


def statements(catalog: CatalogCopy) -> list[dict[str, Any]]:
    """Read the statements of the file."""
    return json.loads((catalog.folder / POLICY).read_text())


def with_topic(catalog: CatalogCopy) -> None:
    """Add a version whose template has a resource that none had before."""
    catalog.add_version(FRAUD, "1.2.0")
    catalog.replace(f"products/{FRAUD}/1.2.0.yaml", "Resources:\n", f"Resources:\n{TOPIC}")


def test_the_launch_roles_that_are_there_have_what_their_templates_take(catalog: CatalogCopy, command: Command) -> None:
    for path in sorted(catalog.folder.glob("products/*")):
        assert command("models", "rights", path.name).code == ExitCode.DONE


def test_the_check_names_what_the_role_of_a_version_lacks(catalog: CatalogCopy, command: Command) -> None:
    with_topic(catalog)

    ended = command("models", "check")

    assert ExitCode.NOT_REACHED == ended.code
    assert (
        f"error: hub/catalog/{POLICY}: lacks sns:CreateTopic, sns:DeleteTopic on "
        f"arn:${{Partition}}:sns:*:${{AccountId}}:SC-*-Alerts-*, which 1.2.0 takes for Alerts (AWS::SNS::Topic). "
        f"Write it: model-catalog models rights {FRAUD} --write"
    ) in ended.err


def test_what_is_lacking_is_written_beside_the_statements_that_are_there(
    catalog: CatalogCopy, command: Command
) -> None:
    before = statements(catalog)
    with_topic(catalog)

    ended = command("models", "rights", FRAUD, "--write")

    after = statements(catalog)
    derived = [each for each in after if each not in before]
    assert before == [each for each in after if each in before]
    assert all(each["Sid"].startswith("Derived") for each in derived)
    assert any("sns:CreateTopic" in each["Action"] for each in derived)
    assert not any("sagemaker:CreateModel" in each["Action"] for each in derived), "which the role has already"
    assert "AWS::SNS::Topic" in ended.out, "it has to be excepted"
    assert "lacks" not in command("models", "check").err
    assert "is as the templates have it" in command("models", "rights", FRAUD, "--write").out


def test_what_was_derived_and_no_version_takes_any_more_is_noted_and_goes_with_the_next_writing(
    catalog: CatalogCopy, command: Command
) -> None:
    with_topic(catalog)
    command("models", "rights", FRAUD, "--write")
    catalog.remove_version(FRAUD, "1.2.0")

    ended = command("models", "check")

    assert "lacks" not in ended.err
    assert f"note: hub/catalog/{POLICY}: allows what no version takes: " in ended.err
    assert "sns:CreateTopic" in ended.err
    command("models", "rights", FRAUD, "--write")
    assert not any("sns:CreateTopic" in each["Action"] for each in statements(catalog))


def test_where_statements_were_derived_all_that_is_derived_has_to_be_there(
    catalog: CatalogCopy, command: Command
) -> None:
    with_topic(catalog)
    command("models", "rights", FRAUD, "--write")
    written = statements(catalog)
    for each in written:
        each["Action"] = [action for action in each["Action"] if action != "sns:GetTopicAttributes"]
    catalog.write(POLICY, json.dumps(written))

    assert "lacks sns:GetTopicAttributes on" in command("models", "check").err


def test_of_a_retired_version_its_end_alone_counts(catalog: CatalogCopy, command: Command) -> None:
    with_topic(catalog)
    catalog.end(FRAUD, "1.2.0", state="retired")

    told = command("models", "check").err

    assert "lacks sns:DeleteTopic" in told
    assert "lacks sns:CreateTopic" not in told


def test_what_is_derived_is_told_with_what_takes_it_and_why_it_is_wide(catalog: CatalogCopy, command: Command) -> None:
    assert catalog
    ended = command("models", "rights", FRAUD)
    document = json.loads(command("models", "rights", FRAUD, "--json").out)

    assert (
        "application-autoscaling:DescribeScalableTargets on * (IAM lets nobody limit it to a resource): "
        "ScalableTarget (AWS::ApplicationAutoScaling::ScalableTarget)"
    ) in ended.out
    assert [] == document["lacking"]
    assert {"1.0.0", "1.1.0"} == document["versions"].keys()
    assert "sagemaker:UpdateEndpointWeightsAndCapacities" in document["unused"]


@pytest.mark.parametrize(("text", "code"), [("{}", "policy-not-readable"), ("[", "file-not-json")])
def test_a_policy_that_cannot_be_read_is_told(catalog: CatalogCopy, command: Command, text: str, code: str) -> None:
    catalog.write(POLICY, text)

    ended = command("models", "rights", FRAUD)

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])


def test_without_schemas_the_check_goes_on(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_topic(catalog)
    monkeypatch.setattr("cli.catalog.launch_rights.is_installed", lambda: False)

    assert "lacks" not in command("models", "check").err


def test_without_schemas_rights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", always(None))

    with refused(ContentError, "schemas-not-installed", "cfn-lint"):
        registry._data.__wrapped__()  # pyright: ignore[reportPrivateUsage] - what is read stays read


def test_a_version_brings_what_its_entry_says_and_no_mark(catalog: CatalogCopy) -> None:
    path = catalog.folder / "products" / FRAUD / "product.yaml"
    said = read_product_rights(path, DAY).brought("1.1.0", "eu-west-1")
    catalog.write(
        f"products/{FRAUD}/product.yaml", re.sub("model_data: .*", "model_data: '<fill in: it>'", path.read_text())
    )

    assert {"ModelDataUrl": "s3://model-catalog-artifacts-hub/fraud-detector/2026-10-06/model.tar.gz"} == said
    assert {} == read_product_rights(path, DAY).brought("1.1.0", "eu-west-1")
