"""`model-catalog proof`: the whole life of a catalog on AWS, in three accounts that nobody needs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.verbs import noun, verb

app = noun("A proof on AWS: a catalog's whole life in three throw-away accounts, measured and removed again.")

Skip = Annotated[
    list[str] | None,
    typer.Option(help="Leave a step out: tests, measures, unchanged, refresh, version-moved or failed-launch."),
]
Tests = Annotated[
    str, typer.Option(metavar="EXPRESSION", help="Which of the sandbox's tests, as pytest's -k takes it; all.")
]
Plugin = Literal["official", "stand-in"]


@verb(
    app,
    "run",
    "proof run --management m --hub h --spoke s --throw-away 111111111111 --throw-away 222222222222 "
    "--throw-away 333333333333",
    asks_aws=True,
)
def run(  # noqa: PLR0913 - a command's options
    *,
    management: Annotated[
        str,
        typer.Option(metavar="PROFILE", envvar="SANDBOX_AWS_MANAGEMENT", help="Of the organization's administrator."),
    ],
    hub: Annotated[str, typer.Option(metavar="PROFILE", envvar="SANDBOX_AWS_HUB", help="Of the hub's.")],
    spoke: Annotated[
        str, typer.Option(metavar="PROFILE", envvar="SANDBOX_AWS_SPOKE", help="Of the spoke's, which is in a unit.")
    ],
    throw_away: Annotated[
        list[str] | None,
        typer.Option(metavar="ACCOUNT", help="Nobody needs what is in it; for each of the three."),
    ] = None,
    region: Annotated[str, typer.Option(help="Where; the region of the hub's profile unless given.")] = "",
    limit: Annotated[float, typer.Option(min=0, help="USD that it may cost by its own estimate.")] = 5.0,
    skip: Skip = None,
    tests: Tests = "",
    iam_seconds: Annotated[
        float, typer.Option(min=0, help="So long the sandbox's tests let a new role get known.")
    ] = 15.0,
    expected: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The proof.json to compare with; a rehearsal's of its own."),
    ] = None,
    plugin: Annotated[Plugin, typer.Option(help="The stand-in is for rehearsals.")] = "official",
) -> int:
    """Prove it on AWS: rehearse, check the accounts, run every step, report, and remove everything."""
    from cli.proving.run import Options, prove

    return prove(
        Options(
            profiles={"management": management, "hub": hub, "spoke": spoke},
            throw_away=throw_away or [],
            region=region,
            plugin=plugin,
            limit=limit,
            skip=skip or [],
            tests=tests,
            iam_seconds=iam_seconds,
            expected=expected,
        )
    )


@verb(app, "remove", "proof remove 2026-11-27-a1b2c3", asks_aws=True)
def remove(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's name, a folder below .proof.")],
) -> int:
    """Remove what a run left that was killed, and say what remains."""
    from cli.proving.run import remove as remove_run

    return remove_run(run)


@verb(app, "rehearse", "proof rehearse --speed 1")
def rehearse(
    *,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="Seconds of the sandbox that pass in one; 1 is AWS's time.")
    ] = 20.0,
    plain: Annotated[bool, typer.Option("--plain", help="Without throttling and delays.")] = False,
    skip: Skip = None,
    tests: Tests = "",
    plugin: Annotated[Plugin, typer.Option(help="The aws plug-in that Pulumi runs.")] = "stand-in",
) -> int:
    """Run the same against a sandbox that throttles and is late, as AWS is; it costs nothing."""
    from cli.proving.rehearsal import Conditions
    from cli.proving.rehearsal import rehearse as run_rehearsal

    conditions = Conditions(speed=speed, plain=plain, plugin=plugin, skip=skip or [], tests=tests)
    return run_rehearsal(conditions)[0]
