"""How clients of AWS are made."""

from typing import Any

from shared.aws.reach import refuse_silence
from shared.errors import UnreachableError


def made(session: Any, service: str, **options: Any) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Make a client that gives up at once on a host that does not answer, instead of trying for minutes.

    Raises:
        UnreachableError: a variable or the profile names an endpoint that is no address.
    """
    try:
        client = session.client(service, **options)
    except ValueError as problem:  # botocore's, of an endpoint without a scheme
        raise UnreachableError(
            f"{problem}. Expected an address such as https://sts.eu-central-1.amazonaws.com in "
            f"AWS_ENDPOINT_URL, or in the variable or profile that names the one of {service}.",
            code="endpoint-invalid",
            place=service,
        ) from None

    def ask_first(request: Any, event_name: str, **_: object) -> None:  # noqa: ANN401 - untyped in botocore
        refuse_silence(str(request.url), asked=f"{service}:{event_name.rpartition('.')[2]}")

    # The last of those who may answer in its place, so that nothing is asked where somebody does.
    client.meta.events.register_last("before-send", ask_first)
    return client
