"""Makes the virtual environment that `make install` would have made in a folder, without downloading a package.

It has the packages of the one that runs the tests, but for the project, which is that of the folder.
"""

import hashlib
import os
import sys
from pathlib import Path


def main() -> None:
    """Make it, with what `make install` looks at to see that it is up to date."""
    made, packages = Path(sys.argv[1]), Path(os.environ["MACHINE_PACKAGES"])
    project = made.parent
    [site] = packages.glob("lib/python*/site-packages")
    (made / "bin").mkdir(parents=True)
    (made / site.relative_to(packages)).mkdir(parents=True)
    (made / "pyvenv.cfg").symlink_to(packages / "pyvenv.cfg")
    for each in [*(packages / "bin").iterdir(), *site.iterdir()]:
        if each.name != "model-catalog" and not each.name.startswith("__editable__"):
            (made / each.relative_to(packages)).symlink_to(each)
    (made / site.relative_to(packages) / "__editable__.model_catalog.pth").write_text(f"{project}\n")
    command = made / "bin" / "model-catalog"
    command.write_text(f"#!{made}/bin/python\nimport sys\n\nfrom cli.app import main\n\nsys.exit(main())\n")
    command.chmod(0o755)
    lock, settings = project / "requirements.lock", project / "pyproject.toml"
    stamp = hashlib.sha256(lock.read_bytes() + settings.read_bytes() + bytes(project)).hexdigest()
    (made / "installed").write_text(stamp)


if __name__ == "__main__":
    main()
