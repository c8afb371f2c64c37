"""Documents that would take all the time or all the memory end in a refusal, whoever reads them."""

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fleet.plan.settings import read_settings
from fleet.plan.spokes import read_spokes
from hub.definitions.lock_file import add_to_lock
from hub.definitions.schema import ProductFile
from hub.definitions.templates import read_template
from hub.definitions.yaml_file import read_document
from shared import limits
from shared.documents import Strict, parse_json, parse_yaml, reason_of, refuse_deep
from shared.errors import CatalogError, Mistake
from shared.stack.settings import structured
from shared.stack.stack_file import StackFile
from tests.support.paths import ROOT


class Loader(Strict, yaml.CSafeLoader):
    """Reads anything."""


LETTERS = "abcdefghi"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{letter}: &{letter} [{', '.join([f'*{before}'] * 9)}]\n" for before, letter in pairwise(LETTERS)
)
MERGED = "a: &a {k: 1}\n" + "".join(
    f"{letter}: &{letter} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n" for before, letter in pairwise(LETTERS)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{number}: &a{number} [*a{number - 1}]\n" for number in range(1, 200))
BOMBS = {
    "aliases": (BOMB, "document-too-much"),
    "merged": (MERGED, "document-too-much"),
    "long": (f"a: &a {'x' * 500_000}\nb: [{'*a, ' * 20}]", "document-too-much"),
    "in-itself": ("a: &a [*a]", "document-in-itself"),
    "chained": (CHAIN, "document-too-deep"),
    "flow": ("[" * 5000 + "]" * 5000, "document-too-deep"),
    "open": ("{a: " * 5000, "document-too-deep"),
    "dashes": ("- " * 5000 + "x", "document-too-deep"),
    "many": ("- a\n" * 200_000, "document-too-much"),
    "large": ("# x\n" * 500_000, "document-too-large"),
}


@pytest.fixture(params=BOMBS)
def bomb(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Give what takes for ever, and the code that it is refused with."""
    return BOMBS[request.param]


def catalog_file(path: Path) -> object:
    """Read a product's file."""
    return read_document(ProductFile, path)


def lock_file(path: Path) -> object:
    """Read a lock file."""
    path.rename(path.with_name("templates.lock"))
    return add_to_lock(path.parent, [])


def fleet_file(path: Path) -> object:
    """Read the fleet's settings."""
    path.rename(path.with_name("fleet.yaml"))
    return read_settings(path.parent)


def settings_file(path: Path) -> object:
    """Read a stack's settings."""
    return StackFile(path).given


@pytest.mark.parametrize("read", [catalog_file, lock_file, fleet_file, settings_file, read_template])
def test_a_bomb_is_refused_by_whoever_reads_it_with_the_file(
    tmp_path: Path, bomb: tuple[str, str], read: Callable[[Path], object]
) -> None:
    text, code = bomb
    path = tmp_path / "Pulumi.spoke-a.yaml"
    path.write_text(text)

    with pytest.raises(CatalogError) as refused:
        read(path)

    assert code == refused.value.code
    assert refused.value.place.endswith((".yaml", ".lock"))


@pytest.mark.parametrize("where", ["pulumi", "config", "anything"])
def test_one_spokes_bomb_is_told_by_its_name_and_stops_no_other(tmp_path: Path, where: str) -> None:
    indented = "".join(f"  {line}\n" for line in BOMB.splitlines())
    (tmp_path / "Pulumi.spoke-bad.yaml").write_text(
        f"{where}:\n{indented}\nconfig:\n  model-catalog-spoke:accountId: '444455556666'\n"
    )
    good = (ROOT / "Pulumi.spoke-research.yaml").read_text()
    (tmp_path / "Pulumi.spoke-good.yaml").write_text(good)

    spokes = read_spokes(tmp_path)

    assert "Pulumi.spoke-bad.yaml" in spokes["spoke-bad"].problem
    assert spokes["spoke-bad"].settings is None
    assert spokes["spoke-good"].settings is not None


def test_the_account_of_a_file_with_a_bomb_is_known_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.spoke-a.yaml"
    path.write_text(f"config:\n  model-catalog-spoke:accountId: '333344445555'\n{BOMB}")

    assert "333344445555" == StackFile(path).account


def test_aliases_that_stand_for_little_are_read() -> None:
    assert {"a": {"k": 1}, "b": {"k": 1, "l": 2}} == parse_yaml("a: &a {k: 1}\nb: {<<: *a, l: 2}", Loader)


@pytest.mark.parametrize(
    "text", ["a: " + ":".join(["1"] * 300_000), "a: " + "9" * 5000, "a: 2026-02-31", "a: 0x" + "f" * 5000]
)
def test_a_value_that_is_none_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as refused:
        parse_yaml(text, Loader)

    assert "line 1" in reason_of(refused.value)
    assert len(reason_of(refused.value)) < 500


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: 1\na: 2\n", "the key a is given twice at line 2, column 1"),
        (b"a: [", "did not find expected node content at line 2, column 1"),
        (b"a: \x01", "control characters are not allowed at position 3"),
        (b"a: \xe4v", "from byte 4 on it is not UTF-8"),
        (b"a: \xff", "from byte 4 on it is not UTF-8"),
    ],
)
def test_why_something_is_not_yaml_is_said_without_a_programmers_words(content: bytes, said: str) -> None:
    with pytest.raises(yaml.YAMLError) as found:
        parse_yaml(content, Loader)

    assert reason_of(found.value).endswith(said)
    assert "string>" not in reason_of(found.value)


def test_a_key_given_twice_is_refused_however_many_there_are() -> None:
    text = "".join(f"k{number}: 1\n" for number in range(20_000))

    assert 20_000 == len(parse_yaml(text, Loader))  # pyright: ignore[reportArgumentType] - a map
    with pytest.raises(yaml.YAMLError, match="k7 is given twice"):
        parse_yaml(f"{text}k7: 2\n", Loader)


@pytest.mark.parametrize("levels", [5000, 300, limits.LEVELS + 1])
def test_json_that_is_nested_too_deeply_is_refused(levels: int) -> None:
    with pytest.raises(Mistake) as refused:
        parse_json("[" * levels + "]" * levels)

    assert "document-too-deep" == refused.value.code


def test_json_of_a_hundred_levels_is_read() -> None:
    refuse_deep(parse_json("[" * limits.LEVELS + "]" * limits.LEVELS))


@pytest.mark.parametrize("levels", [300, 5000])
def test_a_setting_that_is_nested_too_deeply_is_no_list(levels: int) -> None:
    text = "[" * levels + "]" * levels

    assert text == structured(text)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.spoke-a.yaml"
    os.mkfifo(path)

    with pytest.raises(CatalogError) as refused:
        _ = StackFile(path).given

    assert "document-no-file" == refused.value.code
    assert "" == StackFile(path).account


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.integers(0, 1))
def test_what_takes_the_short_way_reads_as_pyyaml_reads_it(value: object, flow: int) -> None:
    written = yaml.safe_dump(value, allow_unicode=True, default_flow_style=bool(flow))

    assert yaml.safe_load(written) == parse_yaml(written, Loader)


@pytest.mark.parametrize("text", ["!!str {a: b}: c\n", "? !!str [a]\n: c\n", "? [a]\n: c\n"])
def test_a_key_that_is_no_text_is_refused_whatever_it_is_called(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        parse_yaml(text, Loader)


def test_bombs_take_less_memory_than_200_mib() -> None:
    """Without their limits they would take all that there is."""
    script = f"""
import resource, sys
from tests.shared.test_documents import BOMBS, Loader, Mistake, parse_yaml
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_AS, ({4096 * limits.MEBIBYTE},) * 2)
for text, _ in BOMBS.values():
    try:
        parse_yaml(text, Loader)
    except Mistake:
        continue
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)

    assert int(done.stdout) < 200
