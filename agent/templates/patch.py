"""The difference that a repair makes: as small as it can be, and as a unified diff."""

import re
from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher, unified_diff

from hdlsmith.design import Design

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_HUNKS = 12
"""Of a patch with more, none is tried to be left out."""


def without_needless(
    original: Design, repaired: Design, passes: Callable[[Design], object]
) -> Design:
    """The repaired design without those of its changes that it passes without."""
    kept = repaired
    for position, (old, new) in enumerate(zip(original.files, repaired.files, strict=True)):
        before, behind = _WORD.findall(old.text), _WORD.findall(new.text)
        hunks = SequenceMatcher(None, before, behind, autojunk=False).get_opcodes()
        changed = {n for n, code in enumerate(hunks) if code[0] != "equal"}
        for left_out in sorted(changed) if 1 < len(changed) <= _MOST_HUNKS else ():
            needed = changed - {left_out}
            text = "".join(
                "".join(behind[j1:j2] if n in needed else before[i1:i2])
                for n, (_, i1, i2, j1, j2) in enumerate(hunks)
            )
            files = list(kept.files)
            files[position] = replace(new, text=text)
            smaller = replace(kept, files=tuple(files))
            if passes(smaller):
                kept, changed = smaller, needed
    return kept


def diff(original: Design, repaired: Design) -> str:
    """The changes as `patch -p1` takes them; empty where there are none."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for old, new in zip(original.files, repaired.files, strict=True)
        for line in unified_diff(
            old.text.splitlines(keepends=True),
            new.text.splitlines(keepends=True),
            f"a/{old.path}",
            f"b/{new.path}",
        )
    )
