"""Launches a product: one provisioned product from a resolved launch."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from shared.catalog.parameters import value_problem
from shared.errors import LaunchError
from shared.secret_value import HIDDEN, Secret
from shared.spelling import meant
from spoke.launches.cost import cost_output
from spoke.launches.resolution import ResolvedLaunch
from spoke.parameter_sources import LaunchOutput
from spoke.parameter_values import Given
from spoke.resources.failed_launch import FailureReport
from spoke.resources.launch_path import LaunchPaths
from spoke.resources.lifecycle_hooks import lifecycle_hooks
from spoke.resources.portfolio_access import Access

Provisioned = dict[str, aws.servicecatalog.ProvisionedProduct]
"""By the launches' names."""


def provision(
    resolved: ResolvedLaunch,
    *,
    access: Access,
    paths: LaunchPaths,
    provider: aws.Provider,
    depends_on: list[pulumi.Resource],
    report: FailureReport,
    role_known: pulumi.ResourceHook,
    others: Provisioned,
) -> aws.servicecatalog.ProvisionedProduct:
    """Declare the provisioned product of a launch, after those `others` that it takes outputs of.

    The path is looked up in every run and given explicitly: after the first launch the provider sends the path
    that it remembers, and fails once that has changed (source: terraform-provider-aws, provisioned_product.go,
    issue 31705). Parameters are sorted, because their order counts as a change.

    Raises:
        LaunchError: inside the path's output, when the portfolio gives this caller no path; inside a parameter's, when
            another launch has no output of that name.
    """
    launch, hooks = resolved.launch, lifecycle_hooks(resolved)
    hooks.before_create = [*(hooks.before_create or []), role_known]
    hooks.on_error = [report.expect(launch.name, _known(resolved), list(resolved.secrets.values()))]
    return aws.servicecatalog.ProvisionedProduct(
        launch.name,
        name=launch.name,
        product_id=resolved.product.id,
        provisioning_artifact_id=resolved.choice.version.id,
        path_id=access.principal.apply(lambda principal: paths.find(resolved, principal, own=bool(access.granted))),
        provisioning_parameters=[
            {"key": key, "value": _input(resolved, key, value, others)}
            for key, value in sorted(resolved.parameters.items())
        ],
        tags=resolved.tags,
        notification_arns=launch.notifications or None,
        region=resolved.region,
        opts=pulumi.ResourceOptions(
            provider=provider,
            depends_on=[*access.granted, *depends_on],
            # Its name is unique in the account, so a replacement cannot stand beside it.
            delete_before_replace=True,
            hooks=hooks,
            custom_timeouts=pulumi.CustomTimeouts(create=launch.timeout, update=launch.timeout, delete=launch.timeout),
            # A stack may tell in its outputs what it was given.
            additional_secret_outputs=["outputs"] if resolved.keeps_secrets else None,
        ),
    )


def launch_outputs(
    resolved: ResolvedLaunch, provisioned: aws.servicecatalog.ProvisionedProduct, report: FailureReport
) -> dict[str, pulumi.Input[object]]:
    """Say what became of a launch: its identity, its status, and the outputs of its stack by key."""
    known = _known(resolved)
    status = provisioned.status.apply(partial(_confirm_status, resolved))
    outputs = provisioned.outputs.apply(lambda items: {item.key: item.value for item in items or []})
    became = pulumi.Output.all(provisioned_product=provisioned.id, status=status, outputs=outputs)

    def settle(found: dict[str, Any]) -> object:
        # The report may have to write the outputs itself, and has no other way to know that they are secret.
        told = {**found, "outputs": pulumi.Output.secret(found["outputs"])} if resolved.keeps_secrets else found
        report.settle(resolved.launch.name, {**known, **told})
        return found["outputs"]

    return {
        **known,
        "provisioned_product": provisioned.id,
        "status": status,
        "outputs": pulumi.Output.secret(became.apply(settle)) if resolved.keeps_secrets else became.apply(settle),
    }


def _input(resolved: ResolvedLaunch, name: str, value: Given, others: Provisioned) -> pulumi.Input[str]:
    match value:
        case Secret():
            return pulumi.Output.secret(value.plain or "")
        case LaunchOutput():
            found = others[value.launch].outputs.apply(partial(_output, resolved, name, value))
            parameter = resolved.choice.version.parameters[name]
            return pulumi.Output.secret(found) if parameter.no_echo else found
        case str():
            return value
        case _:  # it was asked for before, and refused where it has no value
            raise AssertionError(value)


def _output(resolved: ResolvedLaunch, name: str, source: LaunchOutput, items: Sequence[Any] | None) -> str:
    """Find an output of another launch that a parameter takes.

    Raises:
        LaunchError: there is none, or the template does not take it.
    """
    outputs: dict[str, str] = {item.key: item.value for item in items or []}
    place = resolved.origin.place_of(f"parameters.{name}")
    if source.output not in outputs:
        raise LaunchError(
            f"takes {source}, which has no such output.{meant(source.output, outputs)} It has: "
            f"{', '.join(sorted(outputs)) or 'none'}. Correct the name.",
            code="source-without-value",
            place=place,
        )
    parameter, value = resolved.choice.version.parameters[name], outputs[source.output]
    if problem := value_problem(parameter, value):
        shown = HIDDEN if parameter.no_echo or resolved.keeps_secrets else repr(value)
        raise LaunchError(f"takes {source}, which is {shown}. {problem}", code="parameter-invalid", place=place)
    return value


def _known(resolved: ResolvedLaunch) -> dict[str, Any]:
    """Give the outputs of a launch that do not depend on what becomes of it."""
    # The engine encrypts all parameters where one is secret, so what may be known of them is told here.
    untold = sorted({*resolved.secrets, *resolved.elsewhere})
    told = {"parameters": dict(resolved.plain_parameters), "secret_parameters": untold}
    return {
        "product": resolved.key,
        "version": resolved.choice.number,
        "state": resolved.choice.state,
        "region": resolved.region,
        "estimated_monthly_cost": cost_output(resolved),
        "model": _model_output(resolved),
        "template": resolved.choice.version.template_sha256,
        **(told if resolved.keeps_secrets else {}),
    }


def _model_output(resolved: ResolvedLaunch) -> dict[str, str | bool]:
    """Say what runs, for whoever has to know it later; nothing where the hub does not say."""
    model = resolved.model
    if model is None:
        return {}
    return {"package": model.package, "archive": model.archive, "digest": model.digest, "own": model.own}


def _confirm_status(resolved: ResolvedLaunch, status: str | None) -> str:
    """Fail a run that leaves a launch unusable; a preview only warns, because the run may be what repairs it."""
    if not status:
        return "not deployed"  # a run of other resources alone, by --target
    if status in ("AVAILABLE", "UNDER_CHANGE"):
        return status
    failed = LaunchError(
        f'the provisioned product is in status {status}. See docs/operations/recovering.md, "A launch failed".',
        code="launch-failed",
        place=resolved.where,
    )
    if not pulumi.runtime.is_dry_run():
        raise failed
    pulumi.warn(str(failed))
    return status
