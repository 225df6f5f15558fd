"""Code and questions as the words they say: what embedders hear."""

import re

from hdlsmith.retrieval.abbreviations import words_of

NAME = re.compile(r"[A-Za-z0-9_$]+")

_KEYWORDS_AND_FUNCTION_WORDS = """
a always always_comb always_ff always_latch an and architecture are as assert assign at automatic
be been begin bit but by can case casex casez component constant default do does downto else elsif
end endcase endfunction endgenerate endmodule endtask entity enum for forever from function
generate generic genvar had has have if import in initial inout input int integer into is it its
local localparam logic loop module negedge no not null of on or others out output package packed
parameter port posedge process reg return signal signed so std_logic std_logic_vector string
struct such task than that the their them then there these they this those to type typedef union
unsigned use variable void was were when which while will wire with
"""
_SILENT = frozenset(_KEYWORDS_AND_FUNCTION_WORDS.split())
"""Where one of these stands alone it says nothing of what the text is about."""


def said_by(name: str) -> str:
    """The words of a name or word; empty for keywords and function words."""
    return "" if name.lower() in _SILENT else words_of(name)


def spoken(text: str) -> str:
    """All that the names and words of a text say, in their order."""
    return " ".join(filter(None, map(said_by, NAME.findall(text))))
