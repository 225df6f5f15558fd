"""Which signals of a waveform a name stands for."""

import difflib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from hdlsmith.display import one_line
from hdlsmith.errors import InputError

_MOST_SHOWN = 8


class Named(Protocol):
    @property
    def name(self) -> str:
        """Scopes and name, joined by dots."""


S = TypeVar("S", bound=Named)


def find_signal(signals: Sequence[S], name: str) -> S:
    """The signal of that full name, or with that unique ending at a dot.

    Raises:
        InputError: none (with the nearest names), or several (with a list of them).
    """
    ending = f".{name}"
    full = [s for s in signals if s.name == name]
    fitting = full or [s for s in signals if s.name.endswith(ending)]
    if not fitting:
        raise _unknown(signals, name)
    if len(fitting) > 1 and not full:
        shown = [s.name for s in fitting[:_MOST_SHOWN]] + ["..."] * (len(fitting) > _MOST_SHOWN)
        remedy = f"one of: {', '.join(shown)}; or *.{name} for all"
        raise InputError(f"{name} fits {len(fitting)} signals", remedy=one_line(remedy))
    return fitting[0]


def select(signals: Sequence[S], names: Sequence[str]) -> tuple[S, ...]:
    """The signals of the names and globs, in their order, each once.

    Raises:
        InputError: as `find_signal`, or a glob that fits nothing.
    """
    chosen: dict[str, S] = {}
    for name in names:
        glob = name.replace("[", "[[]")  # brackets are an array's index, no set of characters
        fitting = [s for s in signals if fnmatchcase(s.name, glob)] if _is_glob(name) else []
        for signal in fitting or [find_signal(signals, name)]:
            chosen.setdefault(signal.name, signal)
    return tuple(chosen.values())


def outermost(signals: Sequence[S]) -> tuple[S, ...]:
    """The signals of the outermost scopes that declare any."""
    depth = min((s.name.count(".") for s in signals), default=0)
    return tuple(s for s in signals if s.name.count(".") == depth)


def _is_glob(name: str) -> bool:
    return "*" in name or "?" in name


def _unknown(signals: Sequence[S], name: str) -> InputError:
    if not signals:
        return InputError(f"no signal {name}: the waveform declares none")
    # By the last part: a wrong scope must not hide a right name.
    short = {s.name.rpartition(".")[2]: s.name for s in reversed(signals)}
    near = difflib.get_close_matches(name.rpartition(".")[2], short, cutoff=0.5)
    remedy = "nearest: " + ", ".join(short[n] for n in near) if near else "see them all by --list"
    return InputError(f"no signal {name}", remedy=one_line(remedy))
