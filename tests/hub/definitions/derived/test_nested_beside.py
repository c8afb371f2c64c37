"""Templates that lie beside one which names them by where they are in S3."""

from pathlib import Path

from hub.definitions.derived.derivation import nested_beside
from hub.definitions.templates import read_template


def written(folder: Path, name: str, *below: str) -> Path:
    """Write a template in which others are nested."""
    stacks = [
        f"  S{index}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: !Sub '{address}'}}}}\n"
        for index, address in enumerate(f"https://${{AWS::AccountId}}.s3.amazonaws.com/v1/{each}" for each in below)
    ]
    path = folder / name
    path.write_text(f"Resources:\n  Topic: {{Type: AWS::SNS::Topic}}\n{''.join(stacks)}")
    return path


def test_those_of_nested_templates_are_among_them(tmp_path: Path) -> None:
    inner = written(tmp_path, "inner.yaml")
    middle = written(tmp_path, "middle.yaml", "inner.yaml", "elsewhere.yaml")

    assert [middle, inner] == [*nested_beside(read_template(written(tmp_path, "outer.yaml", "middle.yaml")))]


def test_templates_that_name_each_other_are_listed_and_end(tmp_path: Path) -> None:
    other = written(tmp_path, "other.yaml", "one.yaml")

    assert [other] == [*nested_beside(read_template(written(tmp_path, "one.yaml", "other.yaml", "one.yaml")))]
