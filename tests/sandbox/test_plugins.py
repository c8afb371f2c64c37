"""Which aws plug-in Pulumi runs on a sandbox."""

from pathlib import Path

import pytest

from sandbox import plugins
from sandbox.environment import sandbox_environment

URL = "http://127.0.0.1:1"
NAME = "pulumi-resource-aws"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of Pulumi's without plug-ins, which the environment names."""
    monkeypatch.delenv(plugins.VARIABLE, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    return tmp_path / "home"


def put(home: Path, content: bytes, *, version: str = plugins.pinned(), mode: int = 0o755) -> Path:
    """Put a plug-in where Pulumi looks for it."""
    path = home / "plugins" / f"resource-aws-v{version}" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def started(environment: dict[str, str]) -> Path:
    """What Pulumi would start."""
    return Path(environment["PULUMI_HOME"]) / "plugins" / f"resource-aws-v{plugins.pinned()}" / NAME


def test_whatever_is_executable_under_the_name_is_the_official_one_and_stays_as_it_is(
    home: Path, tmp_path: Path
) -> None:
    binary = put(home, b"\x7fELF\xff\xfe")
    (binary.parent / "PulumiPlugin.yaml").write_text("beside it")
    folder = tmp_path / "sandbox"

    kinds = ("official", "stand-in", "official", "stand-in")
    official, stand_in, *again = (started(sandbox_environment(URL, folder, plugin=kind)) for kind in kinds)

    assert [official, stand_in] == again
    assert official.resolve() == binary
    assert (official.parent / "PulumiPlugin.yaml").read_text() == "beside it"
    assert "-m sandbox.plugin" in stand_in.read_text()
    assert binary.read_bytes() == b"\x7fELF\xff\xfe"
    assert [binary.parent.parent] == list(home.iterdir())
    assert str(binary) in plugins.described("official")
    assert "stand-in" in plugins.described()


def test_without_a_home_in_the_environment_it_is_the_person_s(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, b"elsewhere")
    monkeypatch.delenv("PULUMI_HOME")
    binary = put(tmp_path / "person" / ".pulumi", b"of the person")

    assert plugins.find_official() == binary


def test_the_environment_chooses_where_nobody_says(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = put(home, b"official")
    monkeypatch.setenv(plugins.VARIABLE, "official")
    chosen = started(sandbox_environment(URL, tmp_path / "sandbox"))
    said = started(sandbox_environment(URL, tmp_path / "sandbox", plugin="stand-in"))
    monkeypatch.setenv(plugins.VARIABLE, "nobody-s")

    assert chosen.resolve() == binary
    assert said.resolve() != binary
    with pytest.raises(plugins.PluginError, match=r"invalid plug-in 'nobody-s'\. Expected one of: stand-in, official"):
        sandbox_environment(URL, tmp_path / "sandbox")


def test_where_it_is_not_installed_one_is_told_how(home: Path) -> None:
    put(home, b"another", version="1.2.3")

    with pytest.raises(plugins.PluginError) as refused:
        plugins.find_official()

    assert f"{plugins.pinned()} is not installed in {home / 'plugins'}. Installed there: resource-aws-v1.2.3" in str(
        refused.value
    )
    assert str(refused.value).endswith(f"pulumi plugin install resource aws v{plugins.pinned()}")


def test_half_an_installation_and_what_cannot_be_executed_are_none(home: Path) -> None:
    binary = put(home, b"official", mode=0o644)
    with pytest.raises(plugins.PluginError, match=f"{binary} is not executable. .* --reinstall"):
        plugins.find_official()

    binary.chmod(0o755)
    binary.parent.with_name(f"{binary.parent.name}.partial").touch()  # as the CLI marks what it has not finished
    with pytest.raises(plugins.PluginError, match="is installed in part only"):
        plugins.find_official()


def test_a_shell_that_is_pointed_at_a_sandbox_finds_the_person_s_own(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its home is the sandbox's, where the stand-in lies under the same name."""
    common = tmp_path / "person" / ".pulumi"
    monkeypatch.setenv("PULUMI_HOME", sandbox_environment(URL, tmp_path / "sandbox")["PULUMI_HOME"])

    with pytest.raises(plugins.PluginError, match=f"PULUMI_HOME={common} pulumi plugin install"):
        plugins.find_official()
    binary = put(common, b"official")
    found = plugins.find_official()
    monkeypatch.setenv("PULUMI_HOME", sandbox_environment(URL, tmp_path / "sandbox", plugin="official")["PULUMI_HOME"])

    assert found == binary == plugins.find_official()
    assert not home.exists()


def test_what_somebody_installed_into_the_home_of_a_sandbox_is_not_overwritten(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sandbox"
    own = Path(sandbox_environment(URL, folder)["PULUMI_HOME"])
    binary = put(own, b"\x7fELF\xff\xfe installed there")
    stand_in = started(sandbox_environment(URL, folder))
    monkeypatch.setenv("PULUMI_HOME", str(own))

    assert binary.read_bytes() == b"\x7fELF\xff\xfe installed there"
    assert "-m sandbox.plugin" in stand_in.read_text()
    assert plugins.find_official() == binary
    assert not home.exists()


def test_a_plug_in_that_moved_is_linked_anew(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, b"first")
    sandbox_environment(URL, tmp_path / "sandbox", plugin="official")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "moved"))
    binary = put(tmp_path / "moved", b"second")

    assert started(sandbox_environment(URL, tmp_path / "sandbox", plugin="official")).resolve() == binary
