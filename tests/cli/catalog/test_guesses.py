"""What a template tells of a product that is to be."""

from pathlib import Path

import pytest

from cli.catalog.guesses import cost_parameters, model_parameters
from hub.definitions.templates import Template, read_template

NAMES = ("Data", "Other", "Package", "Picture", "Script", "Uri")


def template(folder: Path, properties: str) -> Template:
    """Give a template of one model."""
    parameters = "".join(f"  {name}: {{Type: String}}\n" for name in NAMES)
    path = folder / "x.yaml"
    path.write_text(
        f"Parameters:\n{parameters}Resources: {{M: {{Type: 'AWS::SageMaker::Model', Properties: {properties}}}}}"
    )
    return read_template(path)


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        (
            "{PrimaryContainer: {ModelDataUrl: !Ref Data, Image: !Ref Picture}}",
            {"archive": "Data", "image": "Picture"},
        ),
        ("{PrimaryContainer: {ModelDataSource: {S3DataSource: {S3Uri: !Ref Uri}}}}", {"archive": "Uri"}),
        ("{Containers: [{ModelPackageName: !Ref Package}]}", {"package": "Package"}),
        ("{PrimaryContainer: !If [A, {ModelDataUrl: !Ref Data}, !Ref 'AWS::NoValue']}", {"archive": "Data"}),
        (
            "{PrimaryContainer: {ModelDataUrl: !Ref Data, Environment: {SAGEMAKER_SUBMIT_DIRECTORY: !Ref Script}}}",
            {"archive": "Data", "code": "Script"},
        ),
        ("{PrimaryContainer: {Image: !Ref Picture}}", {"image": "Picture"}),
    ],
)
def test_the_parameters_that_take_the_model_are_those_that_its_properties_get(
    tmp_path: Path, properties: str, found: dict[str, str]
) -> None:
    told = model_parameters(template(tmp_path, properties))

    assert found == {kind: name for kind, name in told.items() if "<fill in" not in name}
    assert ("archive" in found or "package" in found) == all("<fill in" not in name for name in told.values())


def test_of_several_that_take_a_model_a_person_names_one(tmp_path: Path) -> None:
    two = "{Containers: [{ModelDataUrl: !Ref Data}, {ModelDataUrl: !Ref Other}]}"

    assert {"archive": "<fill in: the parameter that takes the model's archive: Data, Other>"} == model_parameters(
        template(tmp_path, two)
    )


def test_of_a_cost_nothing_is_said_where_nothing_tells_it(tmp_path: Path) -> None:
    assert {} == cost_parameters(template(tmp_path, "{}"))
