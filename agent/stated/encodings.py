"""State codes that a request states: `A=2'b00`, `000001(A)`, `state[0] through state[9]`."""

import re
from collections.abc import Sequence

_ASSIGNED = r"\b{0}\s*(?:=|:|is)\s*(?:(?P<width>\d+)'b)?(?P<code>[01]+)\b"
_BEFORE = r"(?<!\w)(?:\d+'b)?(?P<code>[01]+)\s*\(\s*{0}\s*\)"
_ONE_HOT = re.compile(r"one[- ]?hot", re.IGNORECASE)


def codes_in(request: str, states: Sequence[str], width_bits: int) -> dict[str, str] | None:
    """The code of each state, of this width; None unless the request states them all.

    States that are themselves codes (`000`, `101`) are their own. One-hot without codes: where the
    states are as many as the bits, and in the order of the bits.
    """
    if all(re.fullmatch("[01]+", state) and len(state) == width_bits for state in states):
        return {state: state for state in states}
    codes = {}
    for state in states:
        for pattern in (_ASSIGNED, _BEFORE):
            if found := re.search(pattern.format(re.escape(state)), request):
                codes[state] = found["code"]
                break
    if len(codes) == len(states) and all(len(code) == width_bits for code in codes.values()):
        return codes if len(set(codes.values())) == len(states) else None
    if not codes and _ONE_HOT.search(request) and len(states) == width_bits:
        return {state: f"{1 << n:0{width_bits}b}" for n, state in enumerate(states)}
    return None


def one_hot(codes: dict[str, str]) -> bool:
    return all(code.count("1") == 1 for code in codes.values())
