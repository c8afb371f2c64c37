"""Names, ids and ARNs of resources."""

import pytest

from sandbox.aws.cloudformation.attributes import Place, arn_of
from sandbox.aws.cloudformation.schemas import schema_of


@pytest.mark.parametrize(
    ("kind", "name", "arn"),
    [
        (
            "Logs::LogGroup",
            "/aws/sagemaker/Endpoints/x",
            "logs:eu-central-1:333344445555:log-group:/aws/sagemaker/Endpoints/x",
        ),
        ("Logs::LogGroup", "calls", "logs:eu-central-1:333344445555:log-group:calls"),
        ("SSM::Parameter", "/models/url", "ssm:eu-central-1:333344445555:parameter/models/url"),
        ("SNS::Topic", "alerts", "sns:eu-central-1:333344445555:alerts"),
    ],
)
def test_a_slash_at_the_beginning_of_a_name_stays_where_the_arn_has_none_before_it(
    kind: str, name: str, arn: str
) -> None:
    place = Place("333344445555", "eu-central-1", "stack", "stack-id", "Thing")

    assert arn_of(schema_of(f"AWS::{kind}", "eu-central-1"), place, name) == f"arn:aws:{arn}"
