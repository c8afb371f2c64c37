"""What people do on the pages, in a browser: fill in, copy, compare, ask for access."""

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
import yaml
from playwright.sync_api import Page, expect

from cli.accounts.change_requests import ChangeRequest, RequestedAccess
from hub.definitions.yaml_file import read_document
from pages.index.model import Index
from shared.stack.stack_file import stack_files
from spoke.config import Launch, SpokeSettings
from tests.support.browser import FRAUD, LOOKS, Opened

TEXT = "text-embedder-serverless"
CHAT = "chat-assistant-llm"


@pytest.mark.parametrize("look", LOOKS)
def test_a_launch_is_filled_in_priced_and_copied_as_the_settings_take_it(opened: Opened, tmp_path: Path) -> None:
    page = opened(f"models/{FRAUD}/index.html")
    assert "47 USD" == page.locator("#price").inner_text()
    page.fill("#f-spoke", "finance")
    page.fill("#f-name", "fraud-scoring")
    page.select_option("#p-Environment", "production")

    expect(page.locator("#problems")).to_contain_text("In production MinInstanceCount is at least 2")
    expect(page.locator("#copy")).to_be_disabled()
    expect(page.locator("#open")).to_be_hidden()
    page.fill("#p-MinInstanceCount", "11")
    expect(page.locator("#e-MinInstanceCount")).to_have_text("It must be at most 10.")
    page.fill("#p-MinInstanceCount", "2")
    page.select_option("#p-InstanceType", "ml.m5.large")
    page.select_option("#p-EnableAutoscaling", "true")
    expect(page.locator("#price")).to_have_text("201 to 403 USD")
    page.click("#copy")
    copied = str(page.evaluate("navigator.clipboard.readText()"))

    [launch] = settings(copied, tmp_path).launches
    assert ("fraud-scoring", FRAUD, "1.1.0", "eu-central-1") == (
        launch.name,
        launch.product,
        launch.version,
        launch.region,
    )
    chosen = {"Environment": "production", "InstanceType": "ml.m5.large", "MinInstanceCount": "2"}
    assert {**chosen, "EnableAutoscaling": "true"} == launch.parameters
    assert "https://github.com/example/models/edit/main/Pulumi.spoke-finance.yaml" == page.get_attribute(
        "#edit", "href"
    )
    assert launch == asked(page, "#open", "launch-finance-fraud-scoring.yaml", tmp_path, "launch")
    page.get_by_text("Or in the terminal").click()
    assert page.locator("#command").inner_text().startswith("model-catalog spoke new-launch finance " + FRAUD)


def asked(page: Page, button: str, name: str, folder: Path, kind: str) -> object:
    """Press a button that proposes something, and give what the file would ask for that the host's form opens with."""
    page.context.route("https://github.com/**", lambda route: route.fulfill(body="the form of a new file"))
    with page.expect_popup() as opened:
        page.locator(button).click()
    form = urlparse(opened.value.url)
    opened.value.close()
    given = parse_qs(form.query)

    assert "https://github.com/example/models/new/main" == f"{form.scheme}://{form.netloc}{form.path}"
    assert [f"change-requests/{name}"] == given["filename"]
    [text] = given["value"]
    assert text == page.evaluate("navigator.clipboard.readText()"), "for an editor that comes up empty"
    (folder / name).write_text(text)
    found = read_document(ChangeRequest, folder / name)
    assert "finance" == found.spoke
    if found.launch:
        return Launch.model_validate(found.launch.model_dump())
    return getattr(found, kind)


def settings(block: str, folder: Path) -> SpokeSettings:
    """Read a block as the settings of a spoke, where people paste it."""
    (folder / "Pulumi.spoke-finance.yaml").write_text(
        "config:\n  aws:region: eu-central-1\n  model-catalog-spoke:accountId: '333344445555'\n"
        f"  model-catalog-spoke:launches:\n{block}"
    )
    [file] = stack_files(folder, "spoke")
    return file.settings(SpokeSettings)


def test_what_has_no_default_is_asked_for(opened: Opened) -> None:
    page = opened("models/demand-forecaster-batch/index.html")

    expect(page.locator("#problems")).to_contain_text("2 values are missing or wrong.")
    page.fill("#p-InputS3Uri", "s3://elsewhere/x")
    expect(page.locator("#e-InputS3Uri")).to_contain_text("It must match")
    page.fill("#p-InputS3Uri", "s3://model-catalog-data-finance/in")
    page.fill("#p-OutputS3Uri", "s3://model-catalog-data-finance/out")
    expect(page.locator("#copy")).to_be_enabled()


def test_metrics_are_plotted_beside_those_of_the_version_before(opened: Opened, index: Index) -> None:
    page = opened(f"models/{FRAUD}/1.1.0.html")
    product = index.product(FRAUD)
    assert product is not None
    before, now = ({each.name: each.value for each in version.metrics} for version in product.versions)
    assert before.keys() & now.keys()

    for row in page.locator("#metrics tbody tr").all():
        name = row.locator("th").inner_text()
        bars = {kind: row.locator(f"rect.{kind}") for kind in ("scale", "now", "before")}
        lengths = {kind: float(bar.first.get_attribute("width") or 0) for kind, bar in bars.items() if bar.count()}
        assert {"scale", "now", *(["before"] if name in before else [])} == set(lengths), name
        if name in before:
            assert (now[name] > before[name]) == (lengths["now"] > lengths["before"]), name
            assert f"{now[name]:g} on a scale" in str(row.locator("svg").get_attribute("aria-label"))


@pytest.mark.parametrize("look", LOOKS)
def test_origin_and_resources_are_pictures_that_lead_from_left_to_right(opened: Opened, index: Index) -> None:
    page = opened(f"models/{FRAUD}/1.1.0.html")
    product = index.product(FRAUD)
    assert product is not None
    version = product.versions[-1]

    def boxes(section: str) -> dict[str, float]:
        found = page.locator(f"#{section} g.box").all()
        return {
            str(each.locator("title").text_content()): float(each.locator("rect").get_attribute("x") or 0)
            for each in found
        }

    built = boxes("resources")
    assert {each.logical_id for each in version.resources} == set(built)
    for each in version.resources:
        assert [before for before in each.references if built.get(before, -1) >= built[each.logical_id]] == []
    dashed = page.locator("#resources g.box.optional title").all_text_contents()
    assert {each.logical_id for each in version.resources if each.condition} == set(dashed)
    origin = boxes("lineage")
    assert origin[FRAUD] == max(origin.values()), "the product stands on all else"
    for address in version.card.lineage.datasets:
        assert [title for title in origin if address.rstrip("/").endswith(title)], address
    page.locator("#resources summary").click()
    expect(page.locator("#resources figcaption li")).to_have_count(len(version.resources))


def test_a_deprecated_version_says_what_comes_and_takes_no_launch(opened: Opened) -> None:
    page = opened(f"models/{FRAUD}/1.0.0.html")

    banner = page.locator(".banner")
    expect(banner).to_contain_text("It will be retired on 2026-12-24, 53 days from 2026-11-01.")
    expect(banner.get_by_role("link", name="1.1.0")).to_have_attribute("href", "1.1.0.html")
    expect(page.locator("#launch")).to_contain_text("A deprecated version takes no new launches.")
    expect(page.locator("#form")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS)
def test_models_are_picked_and_compared_side_by_side(opened: Opened) -> None:
    page = opened("index.html")
    for name in ("Fraud detector, real-time endpoint", "Text embedder, serverless endpoint"):
        page.get_by_label(f"Compare {name}").check()
    page.get_by_role("link", name="Compare", exact=True).last.click()

    heads = page.locator("#table thead th")
    expect(heads).to_have_count(2)
    assert [f"{FRAUD}@1.1.0,{TEXT}@1.0.0"] == parse_qs(urlparse(page.url).query)["with"]
    page.select_option("#add-model", CHAT)
    page.get_by_role("button", name="Add").click()
    expect(heads).to_have_count(3)
    expect(page.locator("#difference")).to_be_hidden()
    page.get_by_role("button", name="Remove Text embedder").click()
    assert [f"{FRAUD}@1.1.0,{CHAT}@1.0.0"] == parse_qs(urlparse(page.url).query)["with"]


@pytest.mark.parametrize("look", LOOKS)
def test_two_versions_show_what_models_diff_says(opened: Opened, index: Index) -> None:
    page = opened(f"compare.html?with={FRAUD}@1.1.0,{FRAUD}@1.0.0")
    product = index.product(FRAUD)
    assert product is not None
    told = product.versions[1].differences["1.0.0"]

    shown = [" ".join(text.split()) for text in page.locator("#difference .changes li").all_inner_texts()]
    assert [f"{each.what} {each.name} {each.change}" for each in told.changes] == shown
    compared = {each.name: f"{each.previous:g} → {each.value:g}" for each in product.versions[1].metrics}
    assert compared == {each.name: each.change for each in told.changes if each.what == "metric"}


def test_what_the_catalog_does_not_have_is_named(opened: Opened) -> None:
    page = opened(f"compare.html?with=nothing@1.0.0,{FRAUD}@9.9.9")

    expect(page.locator("#problem")).to_have_text(f"The catalog does not have: nothing 1.0.0, {FRAUD} 9.9.9.")


@pytest.mark.parametrize("look", LOOKS)
def test_who_lacks_a_portfolio_reads_whom_and_how_to_ask(opened: Opened) -> None:
    page = opened("portfolios.html")
    panel = page.locator("#gpu-inference")

    expect(panel).to_contain_text("GPU Capacity")
    panel.get_by_role("button", name="Copy").click()
    assert "spoke ask-access SPOKE gpu-inference" in str(page.evaluate("navigator.clipboard.readText()"))


ROLE = "arn:aws:iam::333344445555:role/data-science"


@pytest.mark.parametrize("look", LOOKS)
def test_who_lacks_a_portfolio_reads_the_change_and_opens_it_as_a_pull_request(opened: Opened, tmp_path: Path) -> None:
    page = opened("portfolios.html")
    panel = page.locator("#gpu-inference")
    expect(panel.get_by_text("The change, for review")).to_be_hidden()
    page.get_by_label("Spoke").fill("finance")
    page.get_by_label("Account").fill("3333")
    expect(page.locator("#e-account")).to_have_text("Twelve digits.")
    page.get_by_label("Account").fill("333344445555")
    page.get_by_label("Principal", exact=True).fill("arn:aws:iam::999944445555:role/x")
    expect(page.locator("#e-principal")).to_have_text("It is of another account.")
    expect(panel.get_by_text("The change, for review")).to_be_hidden()
    page.get_by_label("Principal", exact=True).fill(ROLE)

    share, grant = (yaml.safe_load(panel.locator(f"#{each}-gpu-inference").inner_text()) for each in ("share", "grant"))
    wanted = {"portfolio": "gpu-inference", "type": "ORGANIZATION_MEMBER_ACCOUNT", "target": "333344445555"}
    assert [wanted] == share
    assert [{"portfolio": "gpu-inference", "arn": ROLE}] == grant
    expect(panel.locator("[data-is=settings]")).to_have_text("Pulumi.spoke-finance.yaml")
    found = asked(page, "#gpu-inference [data-is=open]", "access-finance-gpu-inference.yaml", tmp_path, "access")
    assert RequestedAccess(portfolio="gpu-inference", principal=ROLE) == found


def test_on_a_gitlab_of_ones_own_the_proposal_goes_to_the_branch_that_was_named(opened: Opened, address: str) -> None:
    page = opened(f"models/{FRAUD}/index.html", base=f"{address}gitlab/")
    page.fill("#f-spoke", "finance")

    button = page.locator("#open")
    expect(button).to_have_text("Open a merge request")
    form = urlparse(str(button.get_attribute("href")))
    assert "https://git.example.com/risk/models/-/new/trunk/1" == f"{form.scheme}://{form.netloc}{form.path}"
    assert [f"change-requests/launch-finance-{FRAUD}.yaml"] == parse_qs(form.query)["file_name"]
    assert [page.locator("#request").text_content()] == parse_qs(form.query)["content"]
    edited = "https://git.example.com/risk/models/-/edit/trunk/1/Pulumi.spoke-finance.yaml"
    assert edited == page.get_attribute("#edit", "href")


def test_a_request_that_is_too_long_for_an_address_is_copied_and_its_file_named(opened: Opened) -> None:
    page = opened(f"models/{FRAUD}/index.html")
    page.evaluate("""() => {
      const launch = { name: "n", product: "p", version: "1.0.0", parameters: { Notes: "x".repeat(7000) } };
      const proposal = JSON.parse(document.getElementById("launch-data").textContent).proposal;
      const { proposalAddress, launchRequest } = window.ModelCatalog;
      window.name = proposalAddress(proposal, "n.yaml", launchRequest(launch, "finance"));
    }""")

    assert ["filename"] == list(parse_qs(urlparse(str(page.evaluate("window.name"))).query))


@pytest.mark.parametrize("look", LOOKS)
def test_the_keyboard_alone_finds_fills_in_and_copies(opened: Opened) -> None:
    page = opened("index.html")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("fraud")
    expect(page.locator("#count")).to_have_text("1 model")
    page.locator("#cards h3 a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{FRAUD}/index.html")
    page.locator("#p-InstanceType").focus()
    page.keyboard.press("m")
    page.keyboard.press("End")
    expect(page.locator("#block")).to_contain_text("InstanceType")
    page.keyboard.press("Shift+Tab")
    reached = set[str]()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(str(page.evaluate("document.activeElement.id")))
        if "copy" in reached:
            break
    page.keyboard.press("Enter")
    expect(page.locator("#copy")).to_have_text("Copied")
    assert {"p-MinInstanceCount", "p-KmsKeyArn", "block", "copy"} <= reached


def test_opened_from_a_folder_the_pages_work_with_a_reduced_search(opened: Opened, built: Path) -> None:
    base = f"{(built / 'full').as_uri()}/"
    page = opened("index.html?q=fraud", base=base)

    expect(page.locator("#count")).to_have_text("1 model")
    expect(page.locator("#hint")).to_be_visible()
    assert "47 USD" == opened(f"models/{FRAUD}/index.html", base=base).locator("#price").inner_text()
    expect(opened(f"compare.html?with={FRAUD},{TEXT}", base=base).locator("#table thead th")).to_have_count(2)


def test_without_scripts_the_pages_can_be_read(opened: Opened) -> None:
    page = opened("index.html", script=False)
    page.get_by_role("link", name="Read the list of all models").click()
    page.get_by_role("link", name="Fraud detector").click()

    expect(page.locator("#about")).to_contain_text("Refusing a payment without a person's decision.")
