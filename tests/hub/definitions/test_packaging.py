"""Files that a template names by a local path: found, hashed, archived, locked, and named anew where they are."""

import io
import os
import zipfile
from pathlib import Path

import pytest
import yaml

from hub.definitions.load import read_catalog, read_unlocked
from hub.definitions.lock_document import LOCK_FILE
from hub.definitions.lock_file import add_to_lock
from hub.definitions.model import files_of
from hub.definitions.packaged_archive import archive
from hub.definitions.template_text import TextLoader
from hub.definitions.templates import Template, read_template
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

FOLDER = "products/text-embedder-serverless"
BLOCK = """\
Resources:
  # Größe: 1 MiB
  Function: {Type: AWS::Lambda::Function, Properties: {Code: ./code, Handler: "a.b"}}
  Layer:
    Type: AWS::Lambda::LayerVersion
    Properties:
      Content: 'layer.zip'
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionS3Location: machine.json   # kept
      RoleArn: !GetAtt Role.Arn
  Job: {Type: AWS::Glue::Job, Properties: {Command: {ScriptLocation: code/job.py}}}
  There: {Type: AWS::Glue::Job, Properties: {Command: {ScriptLocation: s3://bucket/job.py}}}
  Inline: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: pass}}}
  Other: {Type: AWS::SNS::Topic, Properties: {TopicName: code}}
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./nested/child.yaml}
  Included:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: machine.json}}
"""
CHILD = "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: ../code/job.py}}}\n"
DOMAIN = "b.s3.eu-central-1.amazonaws.com"


def written(folder: Path, text: str = BLOCK) -> Path:
    """Write a template, and the files that it names."""
    (folder / "code").mkdir(parents=True, exist_ok=True)
    (folder / "nested").mkdir(exist_ok=True)
    (folder / "code" / "job.py").write_text("print(1)\n")
    (folder / "code" / "index.py").write_text("def b(*_): ...\n")
    (folder / "nested" / "child.yaml").write_text(CHILD)
    (folder / "machine.json").write_text("{}")
    (folder / "layer.zip").write_bytes(archive(folder / "code"))
    (folder / "template.yaml").write_text(text)
    return folder / "template.yaml"


def keys(template: Template) -> dict[str, str]:
    """Give where the files of a template are put, by how it names them."""
    assert template.packaged
    return {each.value: each.file.key for each in template.packaged.references}


def test_a_template_is_written_anew_with_the_places_of_its_files_and_stays_what_it_was_otherwise(
    tmp_path: Path,
) -> None:
    template = read_template(written(tmp_path))
    assert template.packaged

    text = template.packaged.rendered("b", DOMAIN)

    key = keys(template)
    resources = yaml.load(text, Loader=TextLoader)["Resources"]  # noqa: S506 - texts alone
    properties = {name: each["Properties"] for name, each in resources.items()}
    assert {"Code": {"S3Bucket": "b", "S3Key": key["./code"]}, "Handler": "a.b"} == properties["Function"]
    assert {"S3Bucket": "b", "S3Key": key["layer.zip"]} == properties["Layer"]["Content"]
    assert {"Bucket": "b", "Key": key["machine.json"]} == properties["Machine"]["DefinitionS3Location"]
    assert f"s3://b/{key['code/job.py']}" == properties["Job"]["Command"]["ScriptLocation"]
    assert f"https://{DOMAIN}/{key['./nested/child.yaml']}" == properties["Nested"]["TemplateURL"]
    included = properties["Included"]["Fn::Transform"]["Parameters"]["Location"]
    assert f"s3://b/{key['machine.json']}" == included
    assert [".zip", ".zip", ".json", ".py", ".template"] == [Path(each).suffix for each in key.values()]
    for untouched in ("s3://bucket/job.py", "{ZipFile: pass}", "TopicName: code", "# Größe", "# kept", "!GetAtt"):
        assert untouched in text


def test_a_nested_template_is_packaged_with_its_own_files(tmp_path: Path) -> None:
    template = read_template(written(tmp_path))
    assert template.packaged

    [nested] = [each for each in template.packaged.files() if each.text]

    assert nested.text
    [inner] = nested.text.references
    assert (".zip", tmp_path / "code" / "job.py") == (inner.file.suffix, inner.file.path)
    assert inner.file.key in nested.text.rendered("b", DOMAIN)
    with zipfile.ZipFile(io.BytesIO(inner.file.content())) as packed:
        assert ["job.py"] == packed.namelist()


def test_code_that_all_functions_have_goes_along_once(tmp_path: Path) -> None:
    """SAM Developer Guide, "Globals section of the AWS SAM template"."""
    text = "Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {CodeUri: code/, Runtime: python3.12}}\n"
    functions = "Resources: {One: {Type: AWS::Serverless::Function}, Two: {Type: AWS::Serverless::Function}}\n"

    template = read_template(written(tmp_path, text + functions))

    assert template.packaged
    body = yaml.load(template.packaged.rendered("b", DOMAIN), Loader=TextLoader)  # noqa: S506 - texts alone
    assert f"s3://b/{keys(template)['code/']}" == body["Globals"]["Function"]["CodeUri"]


def test_an_archive_has_the_same_bytes_whenever_and_by_whomever_it_is_made(tmp_path: Path) -> None:
    for name, umask, time in (("a", 0o022, 1_000_000_000), ("b", 0o077, 1_700_000_000)):
        before = os.umask(umask)
        for file in ("z.py", "a/b.py", "__pycache__/z.pyc") if name == "a" else ("a/b.py", "z.py"):
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file)
            os.utime(path, (time, time))
        os.umask(before)

    assert archive(tmp_path / "a") == archive(tmp_path / "b")
    with zipfile.ZipFile(io.BytesIO(archive(tmp_path / "a"))) as packed:
        assert ["a/b.py", "z.py"] == packed.namelist()
    (tmp_path / "b" / "z.py").chmod(0o700)
    assert archive(tmp_path / "a") != archive(tmp_path / "b")


def test_a_changed_file_is_another_template(tmp_path: Path) -> None:
    before = read_template(written(tmp_path)).sha256

    assert before == read_template(written(tmp_path)).sha256
    (tmp_path / "code" / "job.py").write_text("print(2)\n")
    assert before != read_template(tmp_path / "template.yaml").sha256


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("Code: ./none", "file-not-there", "Resources.F.Properties.Code"),
        ("Code: ../../etc", "file-outside", "Resources.F.Properties.Code"),
        ("Code: /etc/passwd", "file-outside", "Resources.F.Properties.Code"),
        ("Code: link", "file-outside", "Resources.F.Properties.Code"),
        ("Code: linked", "file-outside", "linked/out"),
        ("Code: &a code", "file-reference-unusual", "Resources.F.Properties.Code"),
        ("Code: >-\n        code", "file-reference-unusual", "Resources.F.Properties.Code"),
    ],
)
def test_a_file_that_cannot_go_along_is_told(tmp_path: Path, text: str, code: str, place: str) -> None:
    folder = tmp_path / "product"
    body = f"Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      {text}\n"
    path = written(folder, body)
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "linked").mkdir()
    (folder / "linked" / "out").symlink_to(tmp_path / "secret")

    with refused(ContentError, code, place):
        _ = read_template(path)


def test_templates_that_are_nested_in_a_circle_are_told(tmp_path: Path) -> None:
    path = written(tmp_path)
    circle = "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../template.yaml}}}\n"
    (tmp_path / "nested" / "child.yaml").write_text(circle)

    with refused(ContentError, "templates-in-a-circle", "Resources.S.Properties.TemplateURL"):
        _ = read_template(path)


def with_machine(catalog: CatalogCopy) -> None:
    """Add a version whose template has a state machine, the definition of which lies in a file."""
    catalog.add_version("text-embedder-serverless", "1.1.0")
    template = catalog.folder / FOLDER / "1.1.0.yaml"
    machine = "  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: machine.json}}\n"
    template.write_text(template.read_text().replace("\nResources:\n", f"\nResources:\n{machine}"))
    catalog.write(f"{FOLDER}/machine.json", "{}")


def test_a_file_of_a_published_version_never_changes_and_the_lock_file_names_it(catalog_copy: CatalogCopy) -> None:
    with_machine(catalog_copy)
    catalog = read_unlocked(catalog_copy.folder, DAY)
    _ = add_to_lock(catalog_copy.folder, catalog.published(), files=files_of(catalog.products))
    assert "machine.json: " in (catalog_copy.folder / LOCK_FILE).read_text()
    assert read_catalog(catalog_copy.folder, DAY)

    catalog_copy.write(f"{FOLDER}/machine.json", '{"Comment": "changed"}')

    with refused(ContentError, "published-template-changed", f"{FOLDER}/1.1.0.yaml") as found:
        _ = read_catalog(catalog_copy.folder, DAY)
    assert "1.1.0, with machine.json, changed after it was published" in str(found.value)


def test_a_nested_template_may_hold_no_more_than_one_that_is_not(catalog_copy: CatalogCopy) -> None:
    with_machine(catalog_copy)
    template = catalog_copy.folder / FOLDER / "1.1.0.yaml"
    nested = "  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}\n"
    template.write_text(template.read_text().replace("\nResources:\n", f"\nResources:\n{nested}"))
    catalog_copy.write(f"{FOLDER}/nested.yaml", "Resources: {T: {Type: AWS::Logs::LogGroup}}\n")
    assert read_unlocked(catalog_copy.folder, DAY)

    catalog_copy.write(f"{FOLDER}/nested.yaml", "Resources: {R: {Type: AWS::IAM::User}}\n")

    with refused(ContentError, "type-not-allowed", "nested.yaml: Resources.R"):
        _ = read_unlocked(catalog_copy.folder, DAY)
