"""Agents find models, read cards and get launches that would be let through, by the SDK's own client over stdio."""

import ast
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

from pages.index.model import Index
from pages.machines import mcp_server
from pages.machines.files import machine_files
from tests.support.catalog_copy import DAY
from tests.support.paths import ROOT
from tests.support.written_index import FRAUD, write

HUB = """\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
"""

pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a folder with a catalog and a hub's settings."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "hub" / "catalog", folder / "hub" / "catalog")
    (folder / "Pulumi.hub.yaml").write_text(HUB)
    return folder


def asked(folder: Path, ask: Callable[[Client], Awaitable[Any]], *options: str) -> Any:  # noqa: ANN401 - whatever it asks
    """Start the server in a folder, ask it, and end it."""

    async def run() -> Any:  # noqa: ANN401 - likewise
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "cli", "mcp", *options],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "MODEL_CATALOG_AS_OF": str(DAY), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        async with Client(server) as client:
            return await ask(client)

    return anyio.run(run)


async def call(client: Client, tool: str, **arguments: object) -> Any:  # noqa: ANN401 - the tool's answer
    """Call a tool, and give what it answers."""
    found = await client.call_tool(tool, arguments)
    assert not found.is_error, found.content
    return found.structured_content


async def refusal(client: Client, **arguments: object) -> str:
    """Ask for a launch that is refused, and give the reasons."""
    found = await client.call_tool("get_launch_block", arguments)
    assert found.is_error
    [content] = found.content
    assert isinstance(content, TextContent)
    return content.text


async def journey(client: Client) -> dict[str, Any]:
    """Find a model, read its card, and get a launch."""
    size = {"Environment": "production", "InstanceType": "ml.m5.large", "MinInstanceCount": 2}
    return {
        "tools": (await client.list_tools()).tools,
        "found": await call(client, "find_models", task="CLASSIFICATION", risk_rating="high"),
        "gpu": await call(client, "find_models", portfolio="gpu"),
        "card": await call(client, "read_card", product=FRAUD),
        "versions": await call(client, "list_versions", product=FRAUD),
        "parameters": await call(client, "list_parameters", product=FRAUD),
        "block": await call(client, "get_launch_block", product=FRAUD, name="fraud-scoring", parameters=size),
        "rule": await refusal(client, product=FRAUD, parameters={"Environment": "production"}),
        "value": await refusal(client, product=FRAUD, parameters={"MinInstanceCount": 99, "Nonsense": "1"}),
        "brought": await refusal(client, product=FRAUD, parameters={"ModelDataUrl": "s3://model/other.tar.gz"}),
        "version": await refusal(client, product=FRAUD, version="9.9.9"),
        "region": await refusal(client, product=FRAUD, region="us-west-2"),
        "product": await refusal(client, product="$(touch here)"),
    }


def confirm(answers: dict[str, Any]) -> None:
    """Confirm what the journey answers."""
    assert [FRAUD] == list(dict.fromkeys(each["product"] for each in answers["found"]["models"]))
    assert {"gpu-inference"} == {each["portfolio"] for each in answers["gpu"]["models"]}
    assert "1.1.0" == answers["card"]["version"]["version"]
    assert ["1.0.0", "1.1.0"] == [each["version"] for each in answers["versions"]["result"]]
    assert "ModelDataUrl" not in [each["name"] for each in answers["parameters"]["result"]]
    block = answers["block"]
    assert "name: fraud-scoring\n  product: fraud-detector-realtime\n  version: 1.1.0\n" in block["block"]
    assert ("201.480", "eu-central-1") == (block["estimate"]["least"], block["region"])
    assert "MinInstanceCount is at least 2" in answers["rule"]
    assert "It must be at most 10" in answers["value"]
    assert "Nonsense" in answers["value"]
    assert "is brought by the version" in answers["brought"]
    for name in ("version", "region", "product"):
        assert "refused: " in answers[name]


def test_an_agent_gets_a_launch_that_the_rules_let_through_from_a_checkout_and_changes_nothing(checkout: Path) -> None:
    before = contents(checkout)

    answers = asked(checkout, journey)

    confirm(answers)
    assert before == contents(checkout)
    for tool in answers["tools"]:
        assert (True, False) == (tool.annotations.read_only_hint, tool.annotations.destructive_hint)


def test_an_agent_gets_the_same_from_an_index_that_was_built(index: Index, checkout: Path, tmp_path: Path) -> None:
    write(dict(machine_files(index)), tmp_path / "built")

    async def ask(client: Client) -> Any:  # noqa: ANN401 - the tool's answer
        size = {"Environment": "production", "InstanceType": "ml.m5.large", "MinInstanceCount": 2}
        return await call(client, "get_launch_block", product=FRAUD, region="us-east-1", parameters=size)

    block = asked(checkout, ask, "--index", str(tmp_path / "built"))

    assert ("167.900", "us-east-1") == (block["estimate"]["least"], block["region"])


def test_a_change_of_the_catalog_is_seen_by_a_server_that_runs(checkout: Path) -> None:
    async def ask(client: Client) -> tuple[Any, Any]:
        before = await call(client, "find_models", word="nothing else says this")
        path = checkout / "hub" / "catalog" / "products" / FRAUD / "1.1.0.card.yaml"
        path.write_text(path.read_text().replace("summary: Scores", "summary: Nothing else says this. Scores"))
        return before, await call(client, "find_models", word="nothing else says this")

    before, after = asked(checkout, ask)

    assert (0, 1) == (len(before["models"]), len(after["models"]))


def test_the_server_starts_no_program_and_opens_no_file_to_write() -> None:
    source = Path(mcp_server.__file__).parent
    read = ("mcp_server.py", "answers.py", "source.py", "reading.py")
    names = {
        node.names[0].name if isinstance(node, ast.Import) else str(node.module)
        for path in read
        for node in ast.walk(ast.parse((source / path).read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert not names & {"subprocess", "os", "socket", "shutil", "shared.files", "pulumi", "boto3"}


def contents(folder: Path) -> dict[str, str]:
    """Give all files below a folder."""
    return {str(path): path.read_text() for path in folder.rglob("*") if path.is_file()}
