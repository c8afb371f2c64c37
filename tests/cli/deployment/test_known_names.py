"""A question about a spoke, a product or a version that nobody knows is refused, and "none" is said of known ones."""

from pathlib import Path

import pytest

from cli.deployment.known_names import refuse_unknown
from cli.exit_codes import ExitCode
from fleet.plan.verdicts import make_plan
from fleet.store.history import History
from fleet.store.records import Records
from fleet.store.storage import Storage
from shared.errors import ConfigError
from tests.support.command_line import Command
from tests.support.fake_account import always
from tests.support.fleet.events import event, launch
from tests.support.fleet.making import RECORD, deployed, hubs, inventory, spoke
from tests.support.refused import refused

PRODUCT = "key: scorer\noriginal_key: rater\nversions: [{version: 3.0.0}, {version: 3.1.0}]\n"
LOCK = "templates: {}\nremoved: {scorer: [2.0.0], forecaster: [1.2.0]}\n"


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a checkout with a catalog, and the history of a spoke that is there and of one that was off-boarded."""
    folder = tmp_path / "hub" / "catalog" / "products" / "scorer"
    folder.mkdir(parents=True)
    (folder / "product.yaml").write_text(PRODUCT)
    (folder.parents[1] / "templates.lock").write_text(LOCK)
    (tmp_path / "Pulumi.spoke-research.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    storage = Storage((tmp_path / "backend").as_uri())
    History(storage).append(event(0, launch(), stack="spoke-gone"))
    renamed = launch(product="encoder", version="2.0.0", product_id="prod-embedder")
    History(storage).append(event(1, renamed, stack="spoke-gone"))
    History(storage).append(event(2, operation="destroy", stack="spoke-gone"))
    Records(storage).write(RECORD.model_copy(update={"stack": "spoke-b"}))
    return storage


@pytest.mark.parametrize(
    "words",
    [
        "--spoke gone --on 2026-12-24",
        "--spoke research",
        "--spoke spoke-research --product encoder",
        "--spoke b",
        "--product embedder --on 2026-10-01",
        "--product prod-embedder --version 2.0.0 --on 2026-10-01",
        "--product encoder --version 1.0.0 --on 2026-10-01",
        "--product scorer --version 3.1.0",
        "--product scorer --version 2.0.0",
        "--product rater",
        "--product forecaster --version 1.2.0",
    ],
)
def test_of_what_somebody_knows_it_is_said_that_there_is_none(command: Command, words: str) -> None:
    ended = command("fleet", "history", *words.split())

    assert (ExitCode.DONE, ("", "")) == (ended.code, ended.refusal), ended.err


@pytest.mark.parametrize(
    ("words", "refusal", "said"),
    [
        ("--spoke gonne", ("stack-unknown", "--spoke"), "Did you mean gone? The stacks are: b, gone, research."),
        (
            "--spoke nope --bundle audit.zip",
            ("stack-unknown", "--spoke"),
            "'nope': no such spoke or other stack. The stacks are: b,",
        ),
        ("--spoke nope --product embedder", ("stack-unknown", "--spoke"), "b, gone, research."),
        ("--product scorrer", ("product-unknown", "--product"), "Did you mean scorer? The products are: embedder, en"),
        ("--on 2026-11-28 --product nope", ("product-unknown", "--product"), "forecaster, rater, scorer."),
        ("--version 9.9.9", ("version-unknown", "--version"), "The versions are: 1.0.0, 1.2.0, 2.0.0, 3.0.0, 3.1.0."),
        ("--product scorer --version 1.0.0", ("version-unknown", "--version"), "of scorer are: 2.0.0, 3.0.0, 3.1.0."),
    ],
)
def test_what_nobody_knows_is_refused_with_what_there_is(
    command: Command, words: str, refusal: tuple[str, str], said: str, tmp_path: Path
) -> None:
    ended = command("fleet", "history", *words.split())

    assert (ExitCode.MISTAKE, refusal, "") == (ended.code, ended.refusal, ended.out)
    assert said in ended.err
    assert not (tmp_path / "audit.zip").exists()


def test_where_a_part_of_the_history_is_missing_nobody_can_say_what_was_in_it(
    command: Command, storage: Storage
) -> None:
    storage.remove(".fleet/history/spoke-gone/00000001.json")

    ended = command("fleet", "history", "--product", "nope")

    assert (ExitCode.NOT_REACHED, ("", "")) == (ended.code, ended.refusal)
    assert "the history is not whole" in ended.err


@pytest.mark.parametrize(
    ("words", "place"), [("--product nope", "--product"), ("--version 9.9.9", "--version"), ("--product scorer", "")]
)
def test_the_status_tells_a_name_that_nobody_knows_from_one_that_nobody_runs(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, place: str
) -> None:
    found = deployed(inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", "300000000001")}))
    monkeypatch.setattr("fleet.commands.planned", always(make_plan(found)))
    monkeypatch.setattr("fleet.show.status.states_at", always(None))

    ended = command("fleet", "status", "--recorded", *words.split())

    assert (ExitCode.MISTAKE if place else ExitCode.DONE, place) == (ended.code, ended.refusal[1]), ended.err


def test_what_hubs_publish_and_what_accounts_run_is_known_besides(tmp_path: Path) -> None:
    with refused(ConfigError, "product-unknown", "--product"):
        refuse_unknown(tmp_path, product="mine", hubs=hubs())

    refuse_unknown(tmp_path, product="mine", version="7", launched=[("mine", "7")], hubs=hubs())
    refuse_unknown(tmp_path, product="embedder", version="1.0.0", hubs=hubs())
