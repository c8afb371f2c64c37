"""GitHub's own command line, as far as the workflows use it; a job's token can do what its permissions say."""

import itertools
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.support.pipelines.workflow import need, note

MACHINE = Path(os.environ["MACHINE"])
COMMENTS = MACHINE / "comments.json"
PULLS = MACHINE / "pulls.json"


def main() -> None:
    """Do what one command asks for."""
    words, job = sys.argv[1:], os.environ["GITHUB_JOB"]
    if not os.environ.get("GH_TOKEN"):
        sys.exit("gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable.")
    options = {name: value for name, value in itertools.pairwise(words) if name.startswith("--")}
    match words:
        case ["run", "download", *_]:
            need(job, "actions", "read")
            shutil.copytree(MACHINE / "artifacts" / options["--name"], Path.cwd(), dirs_exist_ok=True)
        case ["api", *_] if "--jq" in words:
            need(job, "pull-requests", "read")
            [begins] = re.findall(r'startswith\("(.*?)"\)', options["--jq"])
            sys.stdout.writelines(f"{each}\n" for each, body in _comments().items() if body.startswith(begins))
        case ["api", *_]:
            need(job, "pull-requests", "write")
            path = next(word for word in words if word.startswith("repos/"))
            number = path.rpartition("/")[2] if options.get("--method") == "PATCH" else str(len(_comments()) + 1)
            body = Path(options["--field"].removeprefix("body=@")).read_text()
            COMMENTS.write_text(json.dumps(_comments() | {number: body}))
        case ["pr", "list", *_]:
            need(job, "pull-requests", "read")
            states = ("OPEN", "CLOSED") if options["--state"] == "all" else (options["--state"].upper(),)
            found = [each for each in _pulls() if each["head"] == options["--head"] and each["state"] in states]
            key = options["--jq"].removeprefix(".[].")
            told = [len(found)] if key == "length" else [each[key] for each in found]
            sys.stdout.writelines(f"{each}\n" for each in told)
        case ["pr", "create", *_]:
            need(job, "pull-requests", "write")
            note(pull_request=options["--title"])
            made = {"number": len(_pulls()) + 1, "head": options.get("--head", ""), "state": "OPEN", **_said(options)}
            PULLS.write_text(json.dumps([*_pulls(), made]))
        case ["pr", ("edit" | "close") as verb, number, *_]:
            need(job, "pull-requests", "write")
            change = _said(options) if verb == "edit" else {"state": "CLOSED", "comment": options["--comment"]}
            after = [each | (change if each["number"] == int(number) else {}) for each in _pulls()]
            PULLS.write_text(json.dumps(after))
        case ["auth", "setup-git"]:
            need(job, "contents", "write")
        case _:
            sys.exit(f"gh: this machine knows no {words}")


def _said(options: dict[str, str]) -> dict[str, str]:
    body = Path(options["--body-file"]).read_text() if "--body-file" in options else options["--body"]
    return {"title": options["--title"], "body": body}


def _pulls() -> list[dict[str, Any]]:
    return json.loads(PULLS.read_text()) if PULLS.exists() else []


def _comments() -> dict[str, str]:
    return json.loads(COMMENTS.read_text()) if COMMENTS.exists() else {}


if __name__ == "__main__":
    main()
