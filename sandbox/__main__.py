"""`python -m sandbox`: an AWS organization to rehearse in."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Run the command line and return its exit code."""
    arguments = _parser().parse_args()
    try:
        return arguments.run(arguments)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True)

    serve = commands.add_parser("serve", help="run the sandbox in the foreground")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=0, help="0 picks a free port")
    serve.add_argument("--organization", type=Path, metavar="FILE", help="accounts and units, as YAML")
    serve.add_argument("--faults", type=Path, metavar="FILE", help="faults to inject, as YAML")
    serve.add_argument("--answers", type=Path, metavar="FILE", help="what macros and custom resources answer, as YAML")
    serve.add_argument("--seed", type=int, default=0, help="the same seed makes the same ids")
    serve.add_argument("--speed", type=float, default=100.0, help="virtual seconds per second")
    serve.add_argument("--iam-seconds", type=float, default=10.0, help="until a new role is known; 0 is at once")
    serve.add_argument("--ready-file", type=Path, metavar="FILE", help="gets the URL when calls are accepted")
    serve.set_defaults(run=_serve)

    environment = commands.add_parser("env", help="print the exports that point Pulumi and AWS tools here")
    environment.add_argument("--url", required=True)
    environment.add_argument("--folder", type=Path, required=True, help="for Pulumi's state and plug-in")
    environment.add_argument("--account", help="whose administrator to be; default: the management account")
    environment.add_argument("--plugin", help="stand-in (the default) or official: the aws plug-in that Pulumi runs")
    environment.set_defaults(run=_environment)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    # Imported here, since `env` needs none of it and would take a second longer.
    from sandbox.aws.cloudformation import answers  # noqa: PLC0415
    from sandbox.aws.inputs import InputError, read  # noqa: PLC0415
    from sandbox.aws.organization import DEFAULT, read_organization  # noqa: PLC0415
    from sandbox.server import PortInUseError, build, serve  # noqa: PLC0415

    try:
        file = read_organization(arguments.organization) if arguments.organization else DEFAULT
        sandbox = build(file, arguments.seed, arguments.speed, arguments.iam_seconds)
        if arguments.faults:
            sandbox.faults.read(arguments.faults)
        if arguments.answers:
            answers.use(read(arguments.answers), str(arguments.answers))
        serve(sandbox, arguments.host, arguments.port, arguments.ready_file)
    except (InputError, PortInUseError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def _environment(arguments: argparse.Namespace) -> int:
    from sandbox.environment import exports  # noqa: PLC0415
    from sandbox.plugins import PluginError, described  # noqa: PLC0415

    try:
        lines = exports(arguments.url, arguments.folder, arguments.account, arguments.plugin)
        sys.stderr.write(f"plug-in: {described(arguments.plugin)}\n")
    except PluginError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
