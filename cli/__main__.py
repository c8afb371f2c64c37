"""`model-catalog`, and `python -m cli` from a checkout whose environment is another one's."""

import gc
import sys

# Catalogs and their index stay until the command ends: looking among them for garbage took a sixth of a large build.
gc.set_threshold(100_000)

if __name__ == "__main__":
    try:
        from cli.app import main  # after the line above, which is for what it loads, too

        main()
    except KeyboardInterrupt:  # while it is loaded; later `main` ends it the same way
        sys.exit(130)
