"""`site build --private` and `site serve`, of a fleet that is remembered."""

import json
import multiprocessing
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from cli.private_site import live_rollouts
from fleet.show.report import RolloutReport
from fleet.store.storage import Storage
from pages.web.serve import server
from shared.catalog import contract
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT, answer, offer, organization, write_spoke
from tests.support.platform_fleet import report, write_history, write_report

NAME = "platform/rollouts/20261102T090000000000"


@pytest.fixture
def checkout(catalog: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a checkout with a catalog, a backend with a hub, and no spoke."""
    del catalog
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = []\n")
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.setattr("fleet.plan.inventory.Organization", always(organization()))
    answer(monkeypatch, {"hub": {"catalog": contract.publish(HUB_ACCOUNT, offer())}})
    return tmp_path


@pytest.fixture
def built(checkout: Path, command: Command) -> Path:
    """Build the private site of two spokes, of which a history and a rollout's report are there."""
    for index in range(2):
        write_spoke(checkout, f"a{index:03}", f"3{index:011}")
    write_history(Storage((checkout / "backend").as_uri()), 2)
    write_report(checkout, report(4))
    done = command("site", "build", "--out", "site", "--private", "--recorded", "--title", "Our models")
    assert 0 == done.code, done.err
    return checkout / "site"


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("option", ["--repository", "--base-url"])
def test_what_is_no_address_is_refused_before_anything_is_written(command: Command, option: str) -> None:
    ended = command("site", "build", "--out", "site", option, "git@github.com:example/models")

    assert (ExitCode.MISTAKE, ("address-invalid", option)) == (ended.code, ended.refusal)
    assert not Path("site").exists()


@pytest.fixture
def address(built: Path) -> Iterator[str]:
    """Serve it, as `site serve` does."""
    with server(built, 0, live_rollouts(built, ())) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


def asked(address: str) -> tuple[str, str]:
    """Ask for a page; gives its kind and its text."""
    with urllib.request.urlopen(address) as answered:  # noqa: S310 - the test's own server
        return answered.headers["Content-Type"], answered.read().decode()


def test_a_private_site_has_the_platform_teams_pages_and_all_pages_lead_there(built: Path) -> None:
    page = (built / "platform" / "index.html").read_text()

    assert "spoke-a001" in page
    assert "Who runs what · Our models" in page
    assert (built / f"{NAME}.html").exists()
    assert 'href="platform/index.html"' in (built / "index.html").read_text()
    assert 'href="../index.html"' in page
    assert 2 == len(json.loads((built / "platform" / "index.json").read_text())["launches"])
    for asset in ("style.css", "platform.css", "live.js"):
        assert (built / "assets" / asset).exists()


def test_no_page_of_three_hundred_spokes_weighs_much_with_all_that_it_loads(checkout: Path, command: Command) -> None:
    share = "    - {portfolio: online-inference, type: ORGANIZATION_MEMBER_ACCOUNT, target: '3%011d'}\n"
    (checkout / "Pulumi.hub.yaml").write_text(
        "config:\n  aws:region: eu-central-1\n  model-catalog-hub:accountId: '222233334444'\n"
        "  model-catalog-hub:shares:\n" + "".join(share % index for index in range(300))
    )
    for index in range(300):
        write_spoke(checkout, f"a{index:03}", f"3{index:011}")
    write_history(Storage((checkout / "backend").as_uri()), 300)
    write_report(checkout, report(300))

    done = command("site", "build", "--out", "site", "--private", "--recorded")

    assert 0 == done.code, done.err
    site, weights = checkout / "site", dict[str, int]()
    for path in site.rglob("*.html"):
        text = path.read_text()
        parts = set(re.findall(r"(?:src|href)=\"([^\"#?]+\.(?:js|css|svg))\"", text))
        loaded = sum((path.parent / each).stat().st_size for each in parts)
        weights[str(path.relative_to(site))] = len(text.encode()) + loaded
    assert {"index.html", "portfolios.html", "platform/index.html", f"{NAME}.html"} <= weights.keys()
    assert 300 == len(json.loads((site / "platform" / "index.json").read_text())["launches"])
    assert "300000000299" in (site / "portfolios.html").read_text()
    assert {} == {name: weight for name, weight in weights.items() if weight >= 300_000}


def test_a_public_site_says_nothing_of_it(checkout: Path, command: Command) -> None:
    write_spoke(checkout, "a000", "300000000000")

    done = command("site", "build", "--out", "site")

    assert 0 == done.code, done.err
    assert not (checkout / "site" / "platform").exists()
    texts = [path.read_text() for path in (checkout / "site").rglob("*") if path.suffix in (".html", ".js", ".json")]
    assert not [text for text in texts if "a000" in text or "platform/index.html" in text]


def test_where_no_fleet_is_yet_the_pages_say_so(checkout: Path, command: Command) -> None:
    done = command("site", "build", "--out", "site", "--private")

    page = (checkout / "site" / "platform" / "index.html").read_text()
    assert 0 == done.code, done.err
    assert "there are no spokes" in page
    assert "No spoke has settings here yet." in page


def test_a_backend_that_is_not_there_is_no_empty_fleet(
    checkout: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_spoke(checkout, "a000", "300000000000")
    monkeypatch.setenv("PULUMI_BACKEND_URL", (checkout / "elsewhere").as_uri())

    done = command("site", "build", "--out", "site", "--private", "--recorded")

    assert 0 != done.code
    assert not (checkout / "site").exists()
    assert [] == multiprocessing.active_children(), "what was begun beside is ended"


def test_a_served_rollout_is_what_its_report_says_now_with_the_frame_of_the_site(address: str, checkout: Path) -> None:
    _, before = asked(f"{address}{NAME}.html")
    write_report(checkout, report(6, running=True))
    kind, after = asked(f"{address}{NAME}.html")
    _, rest = asked(f"{address}platform/index.html")

    assert 'data-state="ended"' in before
    assert 'data-state="silent"' in after
    assert "text/html; charset=utf-8" == kind
    assert "· Our models</title>" in after
    assert "spoke-a001" in rest


def test_the_report_is_served_as_json(address: str) -> None:
    kind, text = asked(f"{address}{NAME}.json")

    assert kind.startswith("application/json")
    assert report(4) == RolloutReport.model_validate_json(text)


def test_a_rollout_that_is_not_there_is_not_found(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(f"{address}platform/rollouts/19990101T000000000000.html")

    assert 404 == refused.value.code


def test_a_public_site_has_nothing_to_make_anew(checkout: Path, command: Command) -> None:
    assert 0 == command("site", "build", "--out", "site").code

    assert live_rollouts(checkout / "site", ()) is None
