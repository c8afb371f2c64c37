"""`python -m fleet`: the former name of `model-catalog fleet`, and still one of its names."""

import runpy
import sys

if __name__ == "__main__":
    sys.argv[1:1] = ["fleet"]
    runpy.run_module("cli", run_name="__main__", alter_sys=True)  # by name: the fleet needs nothing of the front door
