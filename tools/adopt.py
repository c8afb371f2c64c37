"""`python -m tools.adopt`: what `make adopt` was called before release 0.2."""

import sys

from cli.adopt import main

if __name__ == "__main__":
    sys.exit(main())
