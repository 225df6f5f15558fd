"""Which texts describe hardware, of the languages that are not for hardware alone.

A repository may hold thousands of other C++ and Scala files: each is told by a look at its bytes,
without its front end.
"""

import re

_CHISEL = re.compile(rb"^[ \t]*import[ \t]+(chisel3|Chisel)\b", re.MULTILINE)
_PRAGMA = re.compile(rb"^[ \t]*#[ \t]*pragma[ \t]+hls\b", re.MULTILINE | re.IGNORECASE)
_LIBRARY = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"](ap_|ac_|hls_)\w+\.h|\bhls::', re.MULTILINE)
_MAIN = re.compile(rb"\bint[ \t\r\n]+main[ \t]*\(")


def is_chisel(text: bytes) -> bool:
    """Whether a Scala text describes hardware: it imports Chisel."""
    return b"hisel" in text and _CHISEL.search(text) is not None


def is_hls(text: bytes) -> bool:
    """Whether a C++ text describes hardware: it has HLS pragmas, or uses the HLS types and is not
    a testbench with a `main`.
    """
    if b"hls" in text.lower() and _PRAGMA.search(text):
        return True
    if not any(mark in text for mark in (b"hls", b"ap_", b"ac_")):
        return False
    return _LIBRARY.search(text) is not None and _MAIN.search(text) is None
