"""Rules of what the sandbox takes, and of whom it listens to."""

import pytest

from sandbox.aws.cloudformation import patterns
from sandbox.aws.errors import ApiError
from sandbox.aws.iam.evaluation import like
from sandbox.aws.intake import BusyError, Room, refuse_pages
from sandbox.aws.servicecatalog.principals import _fits  # pyright: ignore[reportPrivateUsage] - the rule itself

pytestmark = pytest.mark.sandbox_only


def test_a_slow_pattern_of_a_schema_says_nothing() -> None:
    assert patterns.fits("(a|aa)+$", "a" * 80 + "!") in (True, False)
    assert patterns.fits("[a-z]+", "abc", whole=True)
    assert not patterns.fits("[a-z]+", "ABC", whole=True)


def test_wildcards_end_in_time() -> None:
    assert not like("*a" * 30 + "*b", "a" * 2000)
    assert like("a*b?c*", "aXbYbbczz")
    assert not _fits("?" * 60 + "b", "a" * 60)
    assert _fits("arn:*:role/?x*", "arn:aws:iam:::role/x")


def test_bodies_wait_for_room_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.aws.intake._PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("sandbox.aws.intake._ROOM_BYTES", 1_000_000)
    room, done = Room(), list[str]()

    with room.of(900_000), room.of(1000), pytest.raises(BusyError), room.of(900_000):
        done.append("too early")
    with room.of(900_000):
        done.append("in time")

    assert ["in time"] == done


@pytest.mark.parametrize(
    ("listening", "name", "welcome"),
    [
        ("127.0.0.1", "10.0.0.5", False),
        ("::", "10.0.0.5", True),
        ("::", "sandbox:5005", True),
        ("::", "host.docker.internal", True),
        ("::", "page.example.com", False),
        ("127.0.0.1", "s3.eu-central-1.amazonaws.com", True),
    ],
)
def test_whoever_lets_others_call_it_lets_them_use_names_that_no_page_has(
    listening: str, name: str, *, welcome: bool
) -> None:
    environ = {"SERVER_NAME": listening, "HTTP_HOST": name, "PATH_INFO": "/", "REQUEST_METHOD": "GET"}

    if welcome:
        refuse_pages(environ)
        return
    with pytest.raises(ApiError):
        refuse_pages(environ)
