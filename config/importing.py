"""Make hooks and callables of one's own importable: those beside the account files, and those of the current directory."""

import sys
from pathlib import Path


def make_importable(directory: Path) -> None:
    """Let modules in `directory` and in the current directory be imported.

    They come last: a file of theirs called `json.py` must not stand in for the standard library's.
    """
    for folder in (directory, Path()):
        path = str(folder.resolve())
        if path not in sys.path:
            sys.path.append(path)
