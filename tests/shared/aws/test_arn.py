"""ARNs are taken apart alike everywhere, and each kind is told from the others."""

import pytest
from botocore.utils import ArnParser
from pydantic import TypeAdapter, ValidationError

from shared.aws import arn as kinds
from shared.aws.arn import Arn, bucket_arn, is_prefix, object_arn, partition_of
from shared.errors import Mistake

EXAMPLES = {
    "RoleArn": "arn:aws:iam::222233334444:role/team/Deployer",
    "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
    "PrincipalArn": "arn:aws-us-gov:iam::333344445555:user/alice",
    "PrincipalPattern": "arn:aws:iam:::role/AWSReservedSSO_DataScientist_*",
    "TopicArn": "arn:aws:sns:eu-central-1:222233334444:model-catalog",
    "KeyArn": "arn:aws:kms:eu-central-1:222233334444:key/1234abcd-12ab",
    "ModelPackageArn": "arn:aws-cn:sagemaker:cn-north-1:222233334444:model-package/fraud-detector/3",
    "TrainingJobArn": "arn:aws:sagemaker:eu-central-1:222233334444:training-job/it",
    "ObjectUri": "s3://models/scorer/1/model.tar.gz",
    "AccountId": "222233334444",
}


@pytest.mark.parametrize("text", [*EXAMPLES.values(), "arn:aws:s3:::models/a:b", "arn:a:b:c:d:", "arn:aws:s3", "", "x"])
def test_an_arn_is_taken_apart_as_botocore_does(text: str) -> None:
    if not ArnParser.is_arn(text):
        with pytest.raises(Mistake) as refused:
            Arn.parse(text)
        assert "arn-invalid" == refused.value.code
        return
    found = Arn.parse(text)

    assert ArnParser().parse_arn(text) == {part: getattr(found, part) for part in Arn.__slots__}
    assert text == str(found)


def test_an_arn_tells_the_kind_and_name_of_what_it_is_of() -> None:
    found = Arn.parse(EXAMPLES["RoleArn"])

    assert ("role", "Deployer", "222233334444") == (found.kind, found.name, found.account)


def test_an_object_has_no_account_in_its_arn() -> None:
    assert "arn:aws-cn:s3:::models/scorer/model.tar.gz" == str(
        object_arn("s3://models/scorer/model.tar.gz", partition="aws-cn")
    )


def test_a_prefix_is_every_object_below_it() -> None:
    assert "arn:aws:s3:::models/scorer/*" == str(object_arn("s3://models/scorer/", partition="aws"))
    assert "arn:aws:s3:::models" == str(bucket_arn("s3://models/scorer/", partition="aws"))
    assert (True, False) == (is_prefix("s3://models/scorer/"), is_prefix("s3://models/scorer/model.tar.gz"))


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_each_kind_takes_its_own_and_no_other(kind: str) -> None:
    adapter = TypeAdapter[str](getattr(kinds, kind))
    taken = {name for name, text in EXAMPLES.items() if accepted(adapter, text)}

    # A role is a principal as well.
    assert {kind, *(["RoleArn"] if kind == "PrincipalArn" else [])} == taken
    assert not any(accepted(adapter, f"{text}\n") for text in EXAMPLES.values())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("AccountId", "2222-3333-4444"),
        ("RoleArn", "arn:aws:iam::2222:role/It"),
        ("PrincipalArn", "arn:aws:iam::333344445555:role/It*"),
        ("PrincipalPattern", "arn:aws:iam::333344445555:role/It*"),
        ("ModelPackageArn", "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/0"),
        ("ObjectUri", "s3://models/*"),
        ("ObjectUri", "s3://models/"),
        ("ObjectUri", "s3://models/${aws:username}/a"),
    ],
)
def test_a_kind_takes_no_near_miss(kind: str, text: str) -> None:
    assert not accepted(TypeAdapter[str](getattr(kinds, kind)), text)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_a_region_is_in_its_partition(region: str, partition: str) -> None:
    assert partition == partition_of(region)


def accepted(adapter: TypeAdapter[str], text: str) -> bool:
    """Say whether a kind takes a text."""
    try:
        return adapter.validate_python(text) == text
    except ValidationError:
        return False
