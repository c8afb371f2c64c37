"""Everything that can be wrong with the catalog is told by one command."""

import json
from pathlib import Path

import pytest

from cli.catalog import check
from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

FILE = "products/fraud-detector-realtime/product.yaml"
TEMPLATE = "products/text-embedder-serverless/1.0.0.yaml"


@pytest.fixture(autouse=True)
def no_lint(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave cfn-lint out, which takes seconds, but for the tests of it."""
    if "lint" not in request.node.name:
        monkeypatch.setattr(check, "_lint", lambda: iter(()))


@pytest.mark.usefixtures("catalog")
def test_a_catalog_that_is_right_passes_and_cfn_lint_has_read_it(command: Command) -> None:
    ended = command("models", "check")

    assert (0, "hub/catalog: nothing to mend\n", "") == (ended.code, ended.out, ended.err)


def test_what_cfn_lint_finds_is_told_with_file_and_line(catalog: CatalogCopy, command: Command) -> None:
    catalog.write("products/fraud-detector-realtime/0.9.0.yaml", "Resources: {A: {Type: AWS::S3::Buckets}}\n")

    ended = command("models", "check")

    assert ExitCode.NOT_REACHED == ended.code
    assert "error: hub/catalog/products/fraud-detector-realtime/0.9.0.yaml:1:" in ended.err
    assert "AWS::S3::Buckets" in ended.err


def test_what_every_check_finds_is_told_at_once(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "portfolio: online-inference", "portfolio: nowhere")
    catalog.replace("schemas/model-card.json", '"title": "ModelCard"', '"title": "Card"')

    ended = command("models", "check", "--json")

    assert ExitCode.NOT_REACHED == ended.code
    [mistake, schema] = json.loads(ended.out)
    assert f"hub/catalog/{FILE}: portfolio: invalid value 'nowhere'" in mistake
    assert "hub/catalog/schemas/model-card.json is out of date. Write it anew: model-catalog models check" in schema


def test_a_template_that_was_changed_after_it_was_locked_is_told(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(TEMPLATE, "Default: 3072", "Default: 4096")

    assert "changed after it was published" in command("models", "check").err


def test_marks_are_told_in_the_place_of_what_they_make_wrong(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "owner: Risk Modelling", 'owner: "<fill in: who answers for it>"')

    ended = command("models", "check")

    assert [f"error: hub/catalog/{FILE}:5: fill in who answers for it"] == ended.err.splitlines()
    assert "hub/catalog: 1 to mend\n" == ended.out


def test_nothing_with_a_mark_is_ever_locked_or_listed(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "distributor: ML Platform", 'distributor: "<fill in: the publisher>"')

    for words in (["models", "lock"], ["models", "list"]):
        ended = command(*words)
        assert ExitCode.MISTAKE == ended.code
        assert "product.yaml:6: fill in the publisher. Marks left: 1; model-catalog models check lists" in ended.err


def test_schemas_are_written_anew(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace("schemas/model-card.json", '"title": "ModelCard"', '"title": "Card"')

    assert "hub/catalog/schemas: wrote model-card.json\n" == command("models", "check", "--write-schemas").out
    assert 0 == command("models", "check").code
    assert "hub/catalog/schemas: up to date\n" == command("models", "check", "--write-schemas").out


def test_the_hubs_settings_beside_the_catalog_say_what_is_excepted(catalog: CatalogCopy, command: Command) -> None:
    path = catalog.folder / "products/fraud-detector-realtime/execution-policy.json"
    reading = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    path.write_text(json.dumps([*json.loads(path.read_text()), reading]))
    exception = '{product: fraud-detector-realtime, allow: ["dynamodb:GetItem"], reason: Features.}'

    assert f"the hub's settings: exceptions: [{exception.replace('Features.', '…')}]" in command("models", "check").err

    settings = f'  model-catalog-hub:accountId: "222233334444"\n  model-catalog-hub:exceptions: [{exception}]\n'
    Path("Pulumi.hub.yaml").write_text(f"config:\n  aws:region: eu-central-1\n{settings}")
    assert (0, "") == (command("models", "check").code, command("models", "check").err)
