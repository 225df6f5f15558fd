"""Names that clocks and resets go by."""

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+")
_CLOCK = re.compile(r"[a-z]{0,4}(?:clk|clock)[a-z]?|[ahps]?ck")
_RESET = re.compile(r"(?:a|s|n|h|p|m|g|po|sys|async|sync|i|o)*(?:rst|reset)(?:n|p|b|l|z|s|i|o)*")
_NOT_THE_NET = frozenset(
    re.findall(
        r"\w+",
        """en ena enable enables gate gated sel select div divider ratio req request ack cnt count
        counter status lock locked valid ready ok done cause vector addr address value val pc
        state level type period freq cycles cycle handler mask bypass edge is was pending seen
        requested mode time""",
    )
)
"""Words of what is about a clock or a reset without being it."""
_LOW = re.compile(
    r"(?:rst|reset)_?n(?:_?(?:i|in|o|q|\d+))?$|^n_?(?:a|s)?_?(?:rst|reset)|(?:rst|reset)_?(?:b|l|z)$"
    r"|_(?:ni|n|no|nq)$|(?:rst|reset)n(?:_|$)",
    re.IGNORECASE,
)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name.rpartition(".")[2])]


def is_clock_name(name: str) -> bool:
    """`clk_i`, `aclk`, `sys_clock`; not `clk_en`."""
    words = _words(name)
    return any(map(_CLOCK.fullmatch, words)) and _NOT_THE_NET.isdisjoint(words)


def is_reset_name(name: str) -> bool:
    """`rst_ni`, `aresetn`, `por_rst`; not `first`, nor `reset_cause`."""
    words = _words(name)
    return any(map(_RESET.fullmatch, words)) and _NOT_THE_NET.isdisjoint(words)


def level_by_name(name: str) -> str:
    """The level that resets, as a reset's name tells it."""
    return "0" if _LOW.search(name) else "1"


@lru_cache(1 << 12)
def is_active_low_reset(name: str) -> bool:
    """`rst_ni`, `aresetn`: the name of a reset and of the level that resets."""
    return is_reset_name(name) and level_by_name(name) == "0"
