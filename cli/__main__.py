"""`model-catalog`, and `python -m cli` from a checkout whose environment is another one's."""

import gc

# Catalogs and their index stay until the command ends: looking among them for garbage took a sixth of a large build.
gc.set_threshold(100_000)

from cli.app import main  # noqa: E402 - after the line above, which is for what it loads, too

if __name__ == "__main__":
    main()
