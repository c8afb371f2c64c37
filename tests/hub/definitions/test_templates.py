"""What is read of a CloudFormation template, and what is refused as none."""

import hashlib
from pathlib import Path

import pytest

from hub.definitions.templates import Template, read_template
from shared.catalog.parameters import Parameter
from shared.errors import ContentError
from tests.support.refused import refused

RESOURCES = "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}\n"


def test_a_parameter_is_read_as_text_whatever_yaml_makes_of_it(tmp_path: Path) -> None:
    """A number would reach a spoke as a float, and `true` as something that CloudFormation does not take."""
    parameter = parameters(
        tmp_path,
        "Type: Number, Default: 3072, AllowedValues: [2048, 3072], MinValue: 1, MaxValue: 9999, Description: 1.50",
    )

    assert {
        "type": "Number",
        "description": "1.50",
        "default": "3072",
        "allowed_values": ["2048", "3072"],
        "min_value": "1",
        "max_value": "9999",
    } == parameter.model_dump(exclude_none=True)


def test_every_bound_of_a_parameter_is_read(tmp_path: Path) -> None:
    parameter = parameters(
        tmp_path, "Type: String, AllowedPattern: a+, MinLength: 1, MaxLength: 9, ConstraintDescription: Some a's."
    )

    assert ("a+", "1", "9", "Some a's.") == (
        parameter.allowed_pattern,
        parameter.min_length,
        parameter.max_length,
        parameter.constraint_description,
    )


def test_an_empty_default_is_a_default(tmp_path: Path) -> None:
    assert "" == parameters(tmp_path, "Type: String, Default: ''").default
    assert parameters(tmp_path, "Type: String").default is None


@pytest.mark.parametrize(
    ("text", "expected"), [("true", "true"), ("True", "true"), ("'true'", "true"), ("false", None), ("'no'", None)]
)
def test_a_parameter_is_hidden_only_when_it_says_so(tmp_path: Path, text: str, expected: str | None) -> None:
    assert expected == parameters(tmp_path, f"Type: String, NoEcho: {text}").no_echo


@pytest.mark.parametrize("value", ["!Ref Other", "!Sub ['${A}', {A: !GetAtt X.Arn}]", "!If [A, b, {c: d}]"])
def test_short_forms_of_functions_are_understood(tmp_path: Path, value: str) -> None:
    template = read(
        tmp_path, f"Resources: {{Topic: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: {value}}}}}}}\n"
    )

    assert {} == template.parameters


def test_a_template_in_json_is_understood(tmp_path: Path) -> None:
    template = read(
        tmp_path, '{"Parameters": {"P": {"Type": "String"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    )

    assert ["P"] == list(template.parameters)


def test_the_hash_is_that_of_the_files_bytes(tmp_path: Path) -> None:
    template = read(tmp_path, RESOURCES)

    assert hashlib.sha256(RESOURCES.encode()).hexdigest() == template.sha256


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "the file is not a map"),
        ("just words", "the file is not a map"),
        ("Outputs: {}", "Resources is missing"),
        ("Resources: {}", "Resources is empty"),
        ("Resources: {T: {Properties: {}}}", "Resources.T.Type is missing"),
        ("AWSTemplateFormatVersion: '2012-10-17'\n" + RESOURCES, "AWSTemplateFormatVersion is not '2010-09-09'"),
        ("Parameters: {P: {Default: 1}}\n" + RESOURCES, "Parameters.P.Type is missing"),
        ("Parameters: {P: {Type: String, AllowedPattern: (}}\n" + RESOURCES, "Parameters.P.AllowedPattern is wrong: "),
        ("Parameters: {P: {Type: String, MinLength: few}}\n" + RESOURCES, "P.MinLength has an invalid value"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    with refused(ContentError, "not-a-template", "/1.0.0.yaml") as found:
        read(tmp_path, text)

    assert wrong in str(found.value)


def test_a_template_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    with refused(ContentError, "file-not-yaml", "/1.0.0.yaml"):
        read(tmp_path, "a: [")


def test_a_template_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with refused(ContentError, "file-unreadable", "/1.0.0.yaml"):
        read_template(tmp_path / "1.0.0.yaml")


def parameters(folder: Path, definition: str) -> Parameter:
    """Read a template whose one parameter is defined like this."""
    return read(folder, f"Parameters: {{P: {{{definition}}}}}\n{RESOURCES}").parameters["P"]


def read(folder: Path, text: str) -> Template:
    """Read a template of this text."""
    path = folder / "1.0.0.yaml"
    path.write_text(text)
    return read_template(path)
