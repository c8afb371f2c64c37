"""What does not answer is told soon, with what was asked, where, and what would start it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from shared import limits
from shared.aws import reach
from shared.aws.reach import refuse_silence, refuse_silent_endpoints, silence_of, without_secrets
from shared.aws.session import Session
from shared.errors import UnreachableError
from tests.support.refused import refused


class Forbidding(BaseHTTPRequestHandler):
    """Answers, and lets nobody do anything."""

    def do_GET(self) -> None:
        """Refuse."""
        self.send_response(403)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own signature
        """Say nothing of it."""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Begin without endpoints, profiles, or what another test has asked."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setattr(reach, "_ANSWERED", set[str]())
    monkeypatch.setattr(reach, "_QUESTIONS", dict[str, object]())
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.4)


@pytest.fixture
def deaf() -> Iterator[str]:
    """Give the address of what takes connections, and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def alive() -> Iterator[str]:
    """Give the address of what answers."""
    with HTTPServer(("127.0.0.1", 0), Forbidding) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def closed() -> str:
    """Give an address where nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


def test_whatever_answers_is_alive(alive: str) -> None:
    assert "" == silence_of(f"http://{alive}/path")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_never_answers_is_given_up_in_time(deaf: str, scheme: str) -> None:
    assert "no answer" in silence_of(f"{scheme}://{deaf}")


def test_where_nothing_listens_nobody_waits(closed: str) -> None:
    assert "nothing listens there" == silence_of(f"http://{closed}")


def test_a_name_that_nobody_knows_is_told() -> None:
    assert "its name is not known" == silence_of("http://nowhere.invalid")


def test_tls_where_there_is_none_is_told(alive: str) -> None:
    assert "does not speak TLS" in silence_of(f"https://{alive}")


@pytest.mark.parametrize("url", ["localhost:5005", "http://[::1", "http://host:99999", "ftp://host", "http://"])
def test_what_is_no_address_is_told(url: str) -> None:
    assert "it is no address" in silence_of(url)


def test_a_slow_way_is_waited_for_as_long_as_one_says(deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_CATALOG_PATIENCE", "0.6")

    assert "within 0.6 seconds" in silence_of(f"https://{deaf}") or "in time" in silence_of(f"https://{deaf}")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SERVICE_CATALOG"])
def test_an_endpoint_of_a_variable_is_asked_first(closed: str, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, f"http://{closed}")

    with refused(UnreachableError, "endpoint-silent", variable) as found:
        refuse_silent_endpoints("what it has")

    port = closed.partition(":")[2]
    assert f"model-catalog sandbox serve --port {port}" in str(found.value)
    assert 'eval "$(model-catalog sandbox env)"' in str(found.value)
    assert "what it has" in str(found.value)


def test_an_endpoint_of_a_service_that_nobody_asks_is_no_matter(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://{closed}")

    refuse_silent_endpoints("what it has")


@pytest.mark.parametrize(
    "text",
    [
        "[default]\nendpoint_url = http://{0}\n",
        "[default]\nservices = here\n[services here]\nsts =\n  endpoint_url = http://{0}\n",
    ],
)
def test_an_endpoint_of_the_profile_is_asked_first(
    closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "config").write_text(text.format(closed))

    with refused(UnreachableError, "endpoint-silent", "the profile default"):
        refuse_silent_endpoints("what it has")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    refuse_silent_endpoints("what it has")


def test_what_has_answered_is_not_asked_again(alive: str) -> None:
    refuse_silence(f"http://{alive}", asked="anything")
    reach._QUESTIONS.clear()  # pyright: ignore[reportPrivateUsage] - so that it would be asked

    refuse_silence(f"http://{alive}", asked="anything")

    assert not reach._QUESTIONS  # pyright: ignore[reportPrivateUsage] - nobody was


def test_a_client_gives_up_at_once_on_a_host_that_does_not_answer(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{closed}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "222233334444")

    with refused(UnreachableError, "endpoint-silent", "AWS_ENDPOINT_URL") as found:
        Session().client("organizations").describe_organization()

    assert "organizations:DescribeOrganization" in str(found.value)


def test_an_endpoint_without_a_scheme_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:5005")

    with refused(UnreachableError, "endpoint-invalid", "sts"):
        Session().client("sts")


def test_what_stands_before_a_host_is_nobody_elses_to_read() -> None:
    assert "https://host:1" == without_secrets("https://user:secret@host:1/path?key=x")
