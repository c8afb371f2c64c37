"""What bombs cost until they are refused: `python -m benchmarks.bombs`; exit code 1 beyond 2 s or 200 MiB.

Each is read in a process of its own, without what the process takes by itself.
"""

import json
import subprocess
import sys
from typing import Final

_SECONDS: Final = 2.0
_MEBIBYTES: Final = 200

_READ: Final = """
import json, resource, sys, time
import yaml
from shared.catalog.parameters import Parameter, value_problem
from shared.documents import Strict, parse_json, parse_yaml
from shared.errors import Mistake
from tests.shared.test_documents import BOMBS

class Loader(Strict, yaml.CSafeLoader):
    pass

name = sys.argv[1]
def run():
    if name == "json":
        parse_json("[" * 500_000 + "]" * 500_000)
    elif name == "pattern":
        raise SystemExit if value_problem(Parameter(type="String", allowed_pattern="(a|aa)+$"), "a" * 80 + "!") else 1
    elif name == "memory":
        Parameter(type="String", allowed_pattern="(" * 20 + "a" + ")+" * 20)
    else:
        parse_yaml(BOMBS[name][0], Loader)

before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
outcome = "read"
try:
    run()
except (Mistake, ValueError, SystemExit):
    outcome = "refused"
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([outcome, round(time.monotonic() - begun, 2), (peak - before) // 1024]))
"""


def main() -> int:
    """Read every bomb, and print what it cost."""
    from tests.shared.test_documents import BOMBS  # noqa: PLC0415 - its fixtures are of no use to who imports this

    worst = 0
    for name in [*(name for name in BOMBS if name != "large"), "json", "pattern", "memory"]:
        done = subprocess.run([sys.executable, "-c", _READ, name], capture_output=True, text=True, check=True)
        outcome, seconds, mebibytes = json.loads(done.stdout)
        print(f"{name:12} {outcome:8} {seconds:6.2f} s {mebibytes:6} MiB")
        worst |= outcome != "refused" or seconds > _SECONDS or mebibytes > _MEBIBYTES
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
