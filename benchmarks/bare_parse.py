"""Bare pyslang, the yardstick of `hdlsmith bench index`: no includes, no macros, nothing kept.

    python bare_parse.py LIST WORKERS [--errors]

LIST names files, one a line; with --errors, the number of those that have some is printed.
"""

import os
import sys
from pathlib import Path

from pyslang.syntax import SyntaxTree


def parse(paths: list[str], count_errors: bool) -> int:
    """How many files have errors, if that is asked for."""
    bad = 0
    for path in paths:
        tree = SyntaxTree.fromFile(path)
        bad += count_errors and any(found.isError() for found in tree.diagnostics)
    return bad


def main(listed: str, workers: int, count_errors: bool) -> None:
    """Share the files out, large and small ones alike, and parse them."""
    paths = sorted(Path(listed).read_text().splitlines(), key=os.path.getsize)
    if count_errors:
        print(parse(paths, count_errors=True))
        return
    for share in range(1, workers):
        if os.fork() == 0:
            parse(paths[share::workers], count_errors=False)
            os._exit(0)
    parse(paths[::workers], count_errors=False)
    for _ in range(1, workers):
        os.wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "--errors" in sys.argv)
