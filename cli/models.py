"""`model-catalog models`: what the catalog's files offer."""

from pathlib import Path
from typing import Annotated

import typer

from cli.verbs import AsJson, AsOf, HubStack, Product, Version, complete_version, noun, verb

app = noun("What is offered: find a model, read its card, add and end versions.")

Template = Annotated[Path, typer.Option("--template", help="A CloudFormation template.")]


@verb(app, "list", "models list --task classification", looking=True)
def list_(
    *,
    task: Annotated[str, typer.Option(help="Part of what the model does, in any case.")] = "",
    framework: Annotated[str, typer.Option(help="Part of its framework.")] = "",
    license_: Annotated[str, typer.Option("--license", "--licence", help="Part of its license.")] = "",
    modality: Annotated[str, typer.Option(help="Part of the kind of data it takes.")] = "",
    word: Annotated[str, typer.Option(help="A word of the card.")] = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """List the versions that fit, with state, task, metrics and cost."""
    from cli.catalog.files import finished_catalog
    from cli.catalog.listing import find, list_models

    given = {"task": task, "framework": framework, "license": license_, "modality": modality}
    catalog = finished_catalog()
    found = find(catalog, {name: value for name, value in given.items() if value}, word)
    return list_models(catalog, found, as_json=as_json)


@verb(app, "show", "models show fraud-detector-realtime 1.1.0", looking=True)
def show(
    product: Product,
    version: Annotated[
        str, typer.Argument(metavar="VERSION", autocompletion=complete_version, help="The newest one unless given.")
    ] = "",
    *,
    sagemaker: Annotated[bool, typer.Option("--sagemaker", help="The card alone, as SageMaker takes it.")] = False,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A size to price. Repeatable.")
    ] = None,
    region: Annotated[str, typer.Option(help="Price it there alone.")] = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Show a version: its card, parameters with defaults and limits, metrics and cost."""
    from cli.assignments import assignments
    from cli.catalog.page import print_sagemaker_card, show_version

    if sagemaker:
        return print_sagemaker_card(product, version)
    given = assignments(values or [], option="--set")
    return show_version(product, version, as_json=as_json, values=given, region=region)


@verb(app, "diff", "models diff fraud-detector-realtime 1.0.0 1.1.0", looking=True)
def diff(
    product: Product,
    old: Annotated[str, typer.Argument(metavar="FROM", autocompletion=complete_version, help="The one before.")],
    new: Annotated[str, typer.Argument(metavar="TO", autocompletion=complete_version, help="The one after.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Show what changes for a user between two versions, and whether it breaks a launch."""
    from cli.catalog.version_diff import show_changes

    return show_changes(product, old, new, as_json=as_json)


@verb(app, "new", "models new churn-scorer --template churn.yaml --portfolio online-inference")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The product's key, lower-case words joined by hyphens.")],
    *,
    template: Template,
    portfolio: Annotated[str, typer.Option(help="The portfolio's key; needed where there are several.")] = "",
    package: Annotated[str, typer.Option(metavar="ARN", help="The model package of its first version.")] = "",
    stack: HubStack = "hub",
) -> int:
    """Write a product's folder from a template: what can be known, and marks for what a person has to say."""
    _refuse_unknown(stack)
    if package:
        from cli.catalog.registration import new_product_of

        return new_product_of(name, template, portfolio, package, stack=stack)
    from cli.catalog.scaffold import new_product

    return new_product(name, template, portfolio)


@verb(app, "new-version", "models new-version fraud-detector-realtime 1.2.0 --template fraud.yaml", asks_aws=True)
def new_version(
    product: Product,
    version: Annotated[
        str, typer.Argument(metavar="VERSION", help="Its number; with --package the next minor one unless given.")
    ] = "",
    *,
    template: Annotated[
        Path | None, typer.Option("--template", help="A CloudFormation template; with --package the newest one's.")
    ] = None,
    package: Annotated[str, typer.Option(metavar="ARN", help="The model package that it publishes.")] = "",
    stack: HubStack = "hub",
) -> int:
    """Add a version to a product: what the registry knows of its package, and marks for what a person has to say."""
    _refuse_unknown(stack)
    if package:
        from cli.catalog.registration import new_version_of

        return new_version_of(product, version, package, template, stack=stack)
    from cli.catalog.scaffold import new_version as add

    return add(product, version, template)


@verb(app, "rights", "models rights fraud-detector-realtime")
def rights(
    product: Product,
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Write them into the launch policy, in the place of those derived before.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Derive the rights that launches take from the templates, and hold the launch policy against them."""
    from cli.catalog.launch_rights import show_rights
    from cli.catalog.scaffold import product_file

    return show_rights(product_file(product), write=write, as_json=as_json)


@verb(app, "rehearse", "models rehearse fraud-detector-realtime --parameter InstanceType=ml.m5.large")
def rehearse(
    product: Product,
    version: Annotated[
        str, typer.Argument(metavar="VERSION", autocompletion=complete_version, help="The newest one unless given.")
    ] = "",
    *,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", metavar="NAME=VALUE", help="A value of the launch; repeatable.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers", exists=True, dir_okay=False, help="What macros and custom resources answer (docs/sandbox.md)."
        ),
    ] = None,
    region: Annotated[str, typer.Option("--region", metavar="REGION", help="Where; the hub's unless given.")] = "",
    as_json: AsJson = False,
) -> int:
    """Launch a version on a sandbox of its own, with its launch role, and end it; tell which rights were used."""
    from cli.catalog.scaffold import product_file
    from cli.rehearsal.product_launch import rehearse_launch

    return rehearse_launch(
        product_file(product), version, parameter or [], region=region, answers=answers, as_json=as_json
    )


@verb(app, "sync", "models sync", asks_aws=True)
def sync(*, stack: HubStack = "hub", as_json: AsJson = False) -> int:
    """Write a version for each package that was approved since, as a change for review; changes nothing else."""
    from cli.catalog.registration import sync as write

    return write(stack, as_json=as_json)


@verb(app, "lock", "models lock")
def lock(
    *, check: Annotated[bool, typer.Option("--check", help="Change nothing; refuse what is not locked.")] = False
) -> int:
    """Add the templates of new versions to the catalog's lock file."""
    from cli.catalog import lock

    return lock.check() if check else lock.add_new()


@verb(app, "check", "models check", looking=True)
def check(
    *,
    write_schemas: Annotated[
        bool, typer.Option("--write-schemas", help="Write the JSON Schemas for editors, and check nothing.")
    ] = False,
    commands: Annotated[
        bool, typer.Option("--commands/--no-commands", help="Run the commands that write templates.")
    ] = True,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Check all of the catalog: marks, files, rules, lock file, schemas, and cfn-lint on the templates."""
    from cli.catalog.check import check_catalog
    from cli.catalog.schemas import write

    return write() if write_schemas else check_catalog(as_json=as_json, commands=commands)


@verb(app, "verify", "models verify", looking=True, asks_aws=True)
def verify(*, stack: HubStack = "hub", as_json: AsJson = False) -> int:
    """Ask AWS, as the registry's account, whether the models are approved and may be pulled."""
    from cli.catalog.verification import verify_catalog

    return verify_catalog(stack, as_json=as_json)


@verb(app, "remove-version", "models remove-version fraud-detector-realtime 1.0.0")
def remove_version(product: Product, version: Version) -> int:
    """Let a retired version go that nobody uses."""
    from cli.catalog.removal import remove_version as remove

    return remove(product, version)


@verb(app, "remove-samples", "models remove-samples")
def remove_samples() -> int:
    """Take out the sample products, and the sample spokes' settings, before your own come."""
    from cli.catalog.samples import remove_samples as remove

    return remove()


def _refuse_unknown(stack: str) -> None:
    """Refuse a hub's stack that has no settings here; the usual one may come later. Raises ConfigError."""
    if stack != "hub":
        from cli.stacks import with_settings

        _ = with_settings(stack, among=("hub",))
