"""Files as the kernel has them, in a folder."""

from pathlib import Path


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files of the kernel's."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
