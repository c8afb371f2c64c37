"""`python -m tools.plan`: what `make plan-<stack>` was called before release 0.2."""

import sys

from cli.plan import main

if __name__ == "__main__":
    sys.exit(main())
