"""What a version's page says beside its form: rights, hashes, who approved it, and how it is called once it runs."""

import pytest
from playwright.sync_api import expect

from pages.index.model import Index, IndexedProduct
from pages.index.version import IndexedVersion
from pages.web.build import Site, files_of
from tests.support.browser import FRAUD, LOOKS, Opened


@pytest.fixture
def product(index: Index) -> IndexedProduct:
    """Give the product that is looked at."""
    found = index.product(FRAUD)
    assert found is not None
    return found


@pytest.fixture
def version(product: IndexedProduct) -> IndexedVersion:
    """Give its newest version."""
    return product.versions[-1]


@pytest.mark.parametrize("look", LOOKS)
def test_the_rights_of_both_roles_are_told_in_words(opened: Opened, product: IndexedProduct) -> None:
    page = opened(f"models/{FRAUD}/1.1.0.html")
    panels = page.locator("#rights details")
    roles = (product.launch_role, product.execution_role)
    expect(panels).to_have_count(len(roles))

    for panel, role in zip(panels.all(), roles, strict=True):
        assert role.rights
        summary = panel.locator("summary")
        expect(summary).to_contain_text(f"{len(role.rights)} statements")
        assert role.name in summary.inner_text()
        summary.click()
        assert [f"{each.purpose} {each.words}" for each in role.rights] == panel.locator("li").all_inner_texts()
        for service in role.services:
            expect(panel).to_contain_text(service)


@pytest.mark.parametrize("look", LOOKS)
def test_package_archive_and_template_are_told_with_what_they_are_known_by(
    opened: Opened, version: IndexedVersion
) -> None:
    page = opened(f"models/{FRAUD}/1.1.0.html")
    told = {
        row.locator("dt").inner_text(): row.locator("dd").inner_text()
        for row in page.locator("#lineage dl > div").all()
    }

    assert 64 == len(version.template_sha256)
    assert version.model.etag
    assert {
        "Model package": version.model.package,
        "Archive": version.model.archive,
        "ETag": version.model.etag,
        "Template": f"sha256:{version.template_sha256}",
    }.items() <= told.items()


@pytest.mark.parametrize("look", LOOKS)
def test_who_approved_it_is_told_with_the_day(opened: Opened, version: IndexedVersion) -> None:
    page = opened(f"models/{FRAUD}/1.1.0.html")

    approval = version.approval
    assert approval
    row = page.locator("#lineage dl > div", has=page.locator("dt", has_text="Approval"))
    expect(row.locator("dd")).to_have_text(f"{approval.approved_by}, {approval.approved_on}")
    expect(row.locator("time")).to_have_attribute("datetime", "2026-10-01")


def test_one_that_nobody_approved_says_so(index: Index, product: IndexedProduct, version: IndexedVersion) -> None:
    bare = product.model_copy(update={"versions": [version.model_copy(update={"approval": None, "differences": {}})]})
    files = dict(files_of(Site(index=index.model_copy(update={"products": [bare]}))))

    assert "<dt>Approval</dt><dd>not approved</dd>" in files[f"models/{FRAUD}/1.1.0.html"].decode()


@pytest.mark.parametrize("look", LOOKS)
def test_the_call_of_what_runs_is_told_in_python_and_for_the_command_line_and_copied(
    opened: Opened, version: IndexedVersion
) -> None:
    page = opened(f"models/{FRAUD}/1.1.0.html")
    [call] = version.calls

    for name, text in (("Python", call.python), ("AWS CLI", call.cli)):
        panel = page.locator("#call .two > div", has=page.get_by_role("heading", name=name))
        assert text == panel.locator("pre").text_content()
        panel.get_by_role("button", name="Copy").click()
        assert text == page.evaluate("navigator.clipboard.readText()")
    assert "invoke_endpoint" in call.python
    assert compile(call.python, "call.py", "exec"), "it can be run as it stands, but for what is in <…>"
    assert call.cli.startswith("aws sagemaker-runtime invoke-endpoint")


def test_what_runs_no_endpoint_has_no_call(opened: Opened) -> None:
    page = opened("models/demand-forecaster-batch/index.html")

    expect(page.locator("#rights")).to_be_visible()
    expect(page.locator("#call")).to_have_count(0)
