import gc

# The imports below make thousands of classes that stay: looking among them for garbage costs 0.03 s of CPU a run.
gc.set_threshold(100_000)

from hub.program import run  # noqa: E402 - after the line above, which is for the sake of both
from shared.stack.program import start  # noqa: E402

start(run)
