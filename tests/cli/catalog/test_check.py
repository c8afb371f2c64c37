"""Everything that can be wrong with the catalog is told by one command."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.catalog import check, lint
from cli.exit_codes import ExitCode
from hub.definitions import quotas
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

FILE = "products/fraud-detector-realtime/product.yaml"
TEMPLATE = "products/text-embedder-serverless/1.0.0.yaml"


@pytest.fixture(autouse=True)
def no_lint(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave cfn-lint out, which takes seconds, but for the tests of it."""
    if "lint" not in request.node.name:
        monkeypatch.setattr(check, "_lint", lambda: iter(()))


@pytest.mark.usefixtures("catalog", "warm")
def test_a_catalog_that_is_right_passes_and_cfn_lint_has_read_it(command: Command) -> None:
    ended = command("models", "check")

    assert (0, "hub/catalog: nothing to mend\n", "") == (ended.code, ended.out, ended.err)


@pytest.mark.usefixtures("warm")
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


def test_every_mistake_of_every_product_is_told_with_what_was_meant(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "owner: Risk Modelling", 'owner: "<fill in: who answers for it>"')
    other, batch = "products/text-embedder-serverless", "products/demand-forecaster-batch"
    catalog.replace(f"{other}/product.yaml", "portfolio: online-inference", "portfolio: online-inferense")
    catalog.replace(f"{other}/product.yaml", "\nversions:", "\nconstraints: [{type: NOTIFICATIONS}]\nversions:")
    catalog.replace(f"{other}/product.yaml", "execution_role:", "execution_roles:")
    catalog.replace(f"{batch}/product.yaml", "template: 1.0.0.yaml", "template: 1.0.O.yaml")
    changed = catalog.folder / "products/chat-assistant-llm/1.0.0.yaml"
    changed.write_text(f"{changed.read_text()}# changed\n")

    told = json.loads(command("models", "check", "--json").out)

    expected = (
        f"{FILE}:5: fill in who answers for it",
        f"{other}/product.yaml: constraints[0].type: invalid value 'NOTIFICATIONS'. Did you mean NOTIFICATION?",
        f"{other}/product.yaml: execution_roles: is not a known key. Did you mean execution_role?",
        f"{other}/product.yaml: execution_role: is missing.",
        f"{batch}/1.0.O.yaml: cannot be read (No such file or directory). Did you mean 1.0.0.yaml?",
        "chat-assistant-llm/1.0.0.yaml: the template of chat-assistant-llm 1.0.0 changed after it was published",
    )
    assert [] == [each for each in expected if not any(each in line for line in told)], told

    catalog.replace(f"{other}/product.yaml", "execution_roles:", "execution_role:")
    catalog.replace(f"{other}/product.yaml", "[{type: NOTIFICATIONS}]", "[]")
    told = command("models", "check").err
    assert "portfolio: invalid value 'online-inferense'. Did you mean online-inference?" in told


@pytest.mark.usefixtures("warm")
def test_lint_reads_only_what_has_changed(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[str]()
    start = lint._start  # pyright: ignore[reportPrivateUsage] - it is the program's start that counts

    def starts(group: Sequence[Path]) -> subprocess.Popen[str]:
        read.extend(path.name for path in group)
        return start(group)

    monkeypatch.setattr(lint, "_start", starts)
    catalog.keep("text-embedder-serverless")
    path = catalog.write("products/text-embedder-serverless/0.9.0.yaml", "Resources: {A: {Type: AWS::S3::Buckets}}\n")

    first, again = command("models", "check"), command("models", "check")

    assert ["marker.yaml", "0.9.0.yaml", "1.0.0.yaml"] == read
    assert first.err == again.err
    assert "AWS::S3::Buckets" in first.err

    read.clear()
    path.unlink()
    catalog.replace(TEMPLATE, "Default: 3072", "Default: 4096")
    assert "AWS::S3::Buckets" not in command("models", "check").err
    assert ["1.0.0.yaml"] == read

    lint.KNOWN.write_text("torn")
    read.clear()
    _ = command("models", "check")
    assert ["marker.yaml", "1.0.0.yaml"] == read


@pytest.mark.usefixtures("warm")
def test_lint_reads_one_of_the_copies_of_a_template_and_all_where_it_finds_something(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[str]()
    start = lint._start  # pyright: ignore[reportPrivateUsage] - it is the program's start that counts

    def starts(group: Sequence[Path]) -> subprocess.Popen[str]:
        read.extend(path.parent.name for path in group)
        return start(group)

    monkeypatch.setattr(lint, "_start", starts)
    catalog.keep("text-embedder-serverless")
    like = (catalog.folder / TEMPLATE).read_text()
    for key in ("text-embedder-copied", "text-embedder-in-another-place"):
        catalog.write(f"products/{key}/1.0.0.yaml", like.replace("text-embedder-serverless", key))
        catalog.write(f"products/{key}/product.yaml", "")

    _ = command("models", "check")
    assert ["catalog", "text-embedder-in-another-place"] == sorted(read)

    read.clear()
    for path in catalog.folder.glob("products/*/1.0.0.yaml"):
        path.write_text(path.read_text().replace("AWS::SageMaker::Model\n", "AWS::SageMaker::Models\n"))
    err = command("models", "check").err
    assert 3 == len(read)
    assert 3 == len([line for line in err.splitlines() if "'AWS::SageMaker::Models'" in line])


def test_more_than_aws_takes_by_itself_is_warned_of(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "MOST", {**quotas.MOST, "products": 6, "versions of a product": 2})

    ended = command("models", "check")

    assert (0, "hub/catalog: nothing to mend\n") == (ended.code, ended.out)
    assert "warning: quotas of fraud-detector-realtime: 3 versions of a product, and AWS takes 2" in ended.err
    assert "warning: quotas of hub/catalog: 7 products, and AWS takes 6" in ended.err
    assert catalog


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"Description: ", b"Description: \xff", "from byte "),
        (b"\nResources:", b"\nDescription: again\nResources:", "the key Description is given twice at line "),
    ],
)
def test_a_template_that_is_not_yaml_is_told_once(
    catalog: CatalogCopy, command: Command, old: bytes, new: bytes, said: str
) -> None:
    path = catalog.folder / "products/text-embedder-serverless/1.0.0.yaml"
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))

    ended = command("models", "check", "--no-commands")

    [line] = [line for line in ended.err.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: hub/catalog/products/text-embedder-serverless/1.0.0.yaml: is not YAML: ")
    assert said in line


def test_marks_are_told_in_the_place_of_what_they_make_wrong(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "owner: Risk Modelling", 'owner: "<fill in: who answers for it>"')

    ended = command("models", "check")

    assert [f"error: hub/catalog/{FILE}:5: fill in who answers for it"] == ended.err.splitlines()
    assert "hub/catalog: 1 to mend\n" == ended.out


def test_nothing_with_a_mark_is_ever_locked_or_shown(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "distributor: ML Platform", 'distributor: "<fill in: the publisher>"')
    draft = FILE.split("/")[1]

    for words in (["lock"], ["show", draft], ["show", draft, "--sagemaker"], ["diff", draft, "1.0.0", "1.1.0"]):
        ended = command("models", *words)
        assert (ExitCode.MISTAKE, "mark-left", "") == (ended.code, ended.refusal[0], ended.out)
        assert "product.yaml:6: fill in the publisher. Marks left: 1; model-catalog models check lists" in ended.err


def test_one_draft_keeps_nobody_from_looking_at_the_rest(catalog: CatalogCopy, command: Command) -> None:
    catalog.replace(FILE, "distributor: ML Platform", 'distributor: "<fill in: the publisher>"')
    draft, other = FILE.split("/")[1], "text-embedder-serverless"

    for words in (["list"], ["list", "--word", other], ["show", other], ["diff", other, "1.0.0", "1.0.0"]):
        ended = command("models", *words)
        assert ExitCode.DONE == ended.code
        assert ended.err.startswith(f"warning: hub/catalog/products/{draft}: left out, since it is no more than begun.")
        assert other in ended.out
        assert draft not in ended.out


def test_of_a_catalog_with_a_draft_alone_it_is_said_that_it_offers_nothing(
    catalog: CatalogCopy, command: Command
) -> None:
    for folder in (catalog.folder / "products").iterdir():
        if folder.name != FILE.split("/")[1]:
            shutil.rmtree(folder)
    catalog.replace(FILE, "distributor: ML Platform", 'distributor: "<fill in: the publisher>"')
    (catalog.folder / "templates.lock").unlink()

    for words, said in (["list"], "The catalog offers nothing yet.\n"), (["list", "--json"], "[]\n"):
        ended = command("models", *words)
        assert (ExitCode.DONE, said) == (ended.code, ended.out)


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


@pytest.mark.parametrize(("day", "code"), [("2026-06-29", 0), ("2026-11-01", ExitCode.NOT_REACHED)])
def test_what_aws_ends_is_warned_of_ahead_and_refused_in_what_came_later(
    catalog: CatalogCopy, command: Command, day: str, code: int
) -> None:
    catalog.keep("text-embedder-serverless")
    registry = "763104351884.dkr.ecr.eu-central-1.amazonaws.com"
    catalog.run_image("text-embedder-serverless", f"{registry}/pytorch-inference:2.6.0-cpu-py312")

    ended = command("models", "check", "--as-of", day)

    assert code == ended.code
    kind, when = ("error", "since 2026-06-30, before") if code else ("warning", "from 2026-06-30 on")
    what = f"uses pytorch-inference:2.6.0-cpu-py312, and that gets no security patches {when}"
    [line] = [line for line in ended.err.splitlines() if "pytorch-inference" in line]
    assert line.startswith(f"{kind}: hub/catalog/products/text-embedder-serverless/1.0.0.yaml: version 1.0.0: {what}")
