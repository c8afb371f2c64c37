"""The lock file grows with new versions, and refuses what has changed."""

import subprocess
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.fake_account import always
from tests.support.registry import SETTINGS

TEMPLATE = "products/text-embedder-serverless/1.0.0.yaml"


def test_a_new_version_is_added_after_those_that_are_there(catalog: CatalogCopy, command: Command) -> None:
    before = (catalog.folder / "templates.lock").read_text()
    publish(catalog)

    refused = command("models", "lock", "--check")
    added = command("models", "lock")

    assert ExitCode.MISTAKE == refused.code
    assert "text-embedder-serverless 1.1.0 is not in hub/catalog/templates.lock. Add it" in refused.err
    assert (0, "hub/catalog/templates.lock: added text-embedder-serverless 1.1.0\n") == (added.code, added.out)
    assert set(before.splitlines()) < set((catalog.folder / "templates.lock").read_text().splitlines())
    assert 0 == command("models", "lock", "--check").code


def test_nothing_new_is_nothing_to_add(catalog: CatalogCopy, command: Command) -> None:
    before = (catalog.folder / "templates.lock").read_text()

    assert "hub/catalog/templates.lock: nothing to add\n" == command("models", "lock").out
    assert before == (catalog.folder / "templates.lock").read_text()


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_changed_template_is_an_error(catalog: CatalogCopy, command: Command, arguments: tuple[str, ...]) -> None:
    catalog.replace(TEMPLATE, "Default: 3072", "Default: 4096")
    before = (catalog.folder / "templates.lock").read_text()

    ended = command("models", "lock", *arguments)

    assert ExitCode.MISTAKE == ended.code
    assert "changed after it was published" in ended.err
    assert before == (catalog.folder / "templates.lock").read_text()


LOCK = "templates.lock"
LINE = "    1.0.0: 1a46a38090fea63175055b668b709323003646ca00838fbf0249e9cc3ad95183\n"


@pytest.fixture
def repository(catalog: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogCopy:
    """Give a catalog in a repository, with one commit."""
    (tmp_path / "hub" / "catalog").unlink()
    catalog.folder.rename(tmp_path / "hub" / "catalog")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.com")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git("init", "-q", "-b", "main")
    commit("first")
    return CatalogCopy(tmp_path / "hub" / "catalog")


def git(*words: str, code: int = 0) -> None:
    """Run git."""
    assert code == subprocess.run(["git", *words], check=False, capture_output=True).returncode


def commit(text: str) -> None:
    """Commit everything."""
    git("add", "-A")
    git("commit", "-q", "-m", text)


def forget(catalog: CatalogCopy) -> str:
    """Take the embedder's line out, and put another template into its place; gives the lock file then."""
    catalog.replace(LOCK, f"  text-embedder-serverless:\n{LINE}", "")
    catalog.replace(TEMPLATE, "Default: 3072", "Default: 4096")
    return (catalog.folder / LOCK).read_text()


@pytest.mark.parametrize("committed", [False, True])
def test_a_line_that_git_ever_had_is_not_locked_anew(
    repository: CatalogCopy, command: Command, *, committed: bool
) -> None:
    """A revert, or a merge that took one side, leaves a lock file without it."""
    before = forget(repository)
    if committed:
        commit("a revert")

    ended = command("models", "lock")

    assert (ExitCode.MISTAKE, ("lock-forgotten", "hub/catalog/templates.lock")) == (ended.code, ended.refusal)
    assert LINE.strip() in ended.err
    assert "not compared with AWS, but with git alone: there is no Pulumi.hub.yaml" in ended.err
    assert before == (repository.folder / LOCK).read_text()


@pytest.mark.parametrize("content", ["", "templates: {}\n"])
def test_a_lock_file_that_was_cut_is_not_filled_anew(repository: CatalogCopy, command: Command, content: str) -> None:
    repository.write(LOCK, content)

    assert ExitCode.MISTAKE == command("models", "lock").code
    assert content == (repository.folder / LOCK).read_text()


def test_what_was_let_go_is_not_forgotten(repository: CatalogCopy, command: Command) -> None:
    before = (repository.folder / LOCK).read_text()
    repository.write(LOCK, f"{before}removed:\n  text-embedder-serverless:\n  - 0.9.0\n")
    commit("let go")
    repository.write(LOCK, before)

    ended = command("models", "lock")

    assert "lock-forgotten" == ended.refusal[0]
    assert "removed: text-embedder-serverless: - 0.9.0" in ended.err


def test_two_branches_that_add_one_number_end_in_a_conflict_that_is_refused_with_its_line(
    repository: CatalogCopy, command: Command
) -> None:
    git("branch", "theirs")
    added: list[str] = []
    before = (repository.folder / LOCK).read_text().splitlines()
    for branch, remark in (("main", "# ours\n"), ("theirs", "# theirs\n")):
        git("checkout", "-q", branch)
        publish(repository, remark)
        assert 0 == command("models", "lock").code
        added += [line for line in (repository.folder / LOCK).read_text().splitlines() if line not in before]
        commit(branch)
    git("merge", "-q", "main", code=1)
    git("checkout", "-q", "--ours", "hub/catalog/products")
    text = (repository.folder / LOCK).read_text()

    for words in (("models", "lock"), ("models", "lock", "--check")):
        ended = command(*words)
        place = f"hub/catalog/templates.lock:{text[: text.index('<<<<<<<')].count(chr(10)) + 1}"
        assert (ExitCode.MISTAKE, ("lock-conflict", place)) == (ended.code, ended.refusal)

    mine, theirs = added
    lines = [line for line in text.splitlines(keepends=True) if line[:7] not in ("<<<<<<<", "=======", ">>>>>>>")]
    assert theirs != mine
    repository.write(LOCK, "".join(line for line in lines if line.strip() != theirs.strip()))
    assert "published-template-changed" == command("models", "lock").refusal[0]  # one's line, the other's template


def test_what_aws_holds_is_not_locked_anew_and_what_it_does_not_may_be(
    repository: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text(SETTINGS.read_text())
    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("cli.catalog.lock.published_hashes", always(held))
    monkeypatch.setattr("cli.catalog.lock.AccountSession", always(None))
    forget(repository)
    held["text-embedder-serverless", "1.0.0"] = LINE.split()[1]

    refused = command("models", "lock")
    held.clear()
    added = command("models", "lock")

    assert "lock-forgotten" == refused.refusal[0]
    assert f"{LINE.split()[1]}  (AWS, hub in eu-central-1)" in refused.err
    assert (0, "hub/catalog/templates.lock: added text-embedder-serverless 1.0.0\n") == (added.code, added.out)
    assert "" == added.err


def publish(catalog: CatalogCopy, remark: str = "# new\n") -> None:
    """Add a version to a product."""
    catalog.write("products/text-embedder-serverless/1.1.0.yaml", (catalog.folder / TEMPLATE).read_text() + remark)
    catalog.add_version("text-embedder-serverless", "1.1.0")
