"""What one source file defines, uses and includes, read off its tokens alone.

No parse: broken files, files of other tools' dialects and macros must not stop the search for what
belongs together. The rules take too much rather than too little; what a unit of work then reads is
exactly what was found for it, because its tools see nothing else.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hdlsmith.design import SourceFile
from hdlsmith.languages import VERILOG_FAMILY, Language

_VERILOG = re.compile(
    r"(?://[^\n]*|/\*(?:.*?\*/|.*))"  # an unclosed comment runs to the end, in linear time
    r'|(?P<string>"(?:\\.|[^"\\\n])*+"?)'
    r"|(?P<word>\\\S+|`?[A-Za-z_$][\w$]*)|(?P<mark>::|[#.,;:(){}=])",
    re.DOTALL,
)
_VHDL = re.compile(
    r'(?:--[^\n]*|/\*(?:.*?\*/|.*))|(?P<string>"[^"\n]*"?)'
    r"|(?P<word>\\[^\\\n]*\\|[A-Za-z]\w*)|(?P<mark>[.;:(])",
    re.DOTALL,
)
_OPENS = ("module", "macromodule", "interface", "package", "program", "primitive", "class")
_CLOSES = {kind: f"end{kind}" for kind in _OPENS} | {"macromodule": "endmodule"}
_CONDITIONS = ("`ifdef", "`ifndef", "`elsif", "`else", "`endif")
_USED_AFTER = ("extends", "implements", "virtual", "bind", "interface")
# Words that may follow a signal's name; after any other word's start a name is a type.
_OPERATORS = re.compile(
    r"or|and|inside|iff|throughout|within|intersect|(?:s_)?until(?:_with)?|implies|with|matches"
    r"|dist|begin|end|endcase|else"
)
_PYTHON_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+))", re.MULTILINE
)


@dataclass(frozen=True)
class Scan:
    """The names and files that one source file speaks of.

    Attributes:
        defines: design units defined at file level, in order.
        completes: VHDL: units that this file holds an architecture or a body of.
        uses: names in places where a design unit may stand, in order.
        includes: file names of `include`, as spelled.
        strings: short string literals; a name of a data file may be among them.
        modules: those of `defines` that can be elaborated by themselves, and are there whatever
            macros are undefined; in VHDL all.
        without_ports: those of `defines` that can be the top of a simulation.
        imports: Python: dotted names of the modules imported.
    """

    defines: tuple[str, ...] = ()
    completes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    without_ports: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


def scan(file: SourceFile) -> Scan:
    """Read the tokens of a Verilog, SystemVerilog, VHDL or, else, Python file.

    VHDL names come in small letters, as the language does not tell them apart.
    """
    if file.language in VERILOG_FAMILY:
        return _scan_verilog([*_tokens(_VERILOG, file.text)])
    if file.language is Language.VHDL:
        return _scan_vhdl([*_tokens(_VHDL, file.text.lower())])
    imports = (
        name.strip().split(" ")[0]
        for match in _PYTHON_IMPORT.finditer(file.text)
        for name in (match[1] or match[2]).split(",")
    )
    return Scan(imports=_once(name for name in imports if name))


def _tokens(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        if match.lastgroup:  # a comment has none
            yield match[0]


def _scan_verilog(tokens: list[str]) -> Scan:
    defines: list[str] = []
    uses: list[str] = []
    includes: list[str] = []
    strings: list[str] = []
    modules: list[str] = []
    portless: list[str] = []
    conditionals = _Conditionals()
    closing, name_at = "", 0  # of the unit that was opened last
    padded = ["", *tokens, "", "", "", ""]
    for at, token in enumerate(padded[:-4]):
        before, after = padded[max(0, at - 1)], padded[at + 1]
        if token in _CONDITIONS:
            conditionals.read(token)
        elif token == closing:
            closing = ""
        elif token.startswith('"'):
            (includes if before == "`include" else strings).append(token.strip('"'))
        elif not closing and token in _OPENS and before not in ("extern", "typedef"):
            name_at = at + 1
            while padded[name_at] in ("automatic", "static", "class"):
                name_at += 1
            if not _is_name(padded[name_at]):
                continue
            name = padded[name_at].removeprefix("\\")
            closing = _CLOSES["class" if after == "class" else token]
            defines.append(name)
            simulated = closing in ("endmodule", "endprogram")
            if simulated and not conditionals.hiding:
                modules.append(name)
            if simulated and _is_portless(padded, name_at + 1, closing):
                portless.append(name)
        elif at != name_at and _is_use(token, before, after, padded[at + 3]):
            uses.append(token.removeprefix("\\"))
    return Scan(
        defines=_once(defines),
        uses=_once(uses),
        includes=_once(includes),
        strings=_once(s for s in strings if 0 < len(s) < 200),
        modules=_once(modules),
        without_ports=_once(portless),
    )


class _Conditionals:
    """The open conditionals: whether what stands here waits for a macro to be defined."""

    def __init__(self) -> None:
        self._waiting: list[bool] = []
        self.hiding = 0

    def read(self, directive: str) -> None:
        if directive in ("`ifdef", "`ifndef"):
            self._open(directive == "`ifdef")
        elif self._waiting:
            waited = self._waiting.pop()
            self.hiding -= waited
            if directive != "`endif":
                self._open(directive == "`elsif" or not waited)

    def _open(self, waits: bool) -> None:
        self._waiting.append(waits)
        self.hiding += waits


def _is_use(token: str, before: str, after: str, third: str) -> bool:
    """Whether a type's name may stand here: `name instance`, `name #(`, `name::`, `name.modport x`.

    An instance's type can be no named port (`.name(`), no label (`begin : name`).
    """
    if not _is_name(token) or before in (".", ":", "::"):
        return False
    if before in _USED_AFTER or after in ("#", "::"):
        return True
    if after == "(":  # a primitive's instance may have no name; elsewhere this is an instance's
        return before in (";", "begin", "end")
    if after == ".":
        return _is_name(third)
    return _is_name(after) and not _OPERATORS.fullmatch(after)


def _is_name(token: str) -> bool:
    return token[:1].isalpha() or token[:1] in ("_", "\\", "`")


def _is_portless(tokens: list[str], at: int, closing: str) -> bool:
    """Whether a module header, read from behind its name, ends without a port.

    Not past the module's own end, so that broken headers cost no more than their length.
    """
    while tokens[at] == "import":
        while tokens[at] not in (";", closing, ""):
            at += 1
        at += 1
    if tokens[at : at + 2] == ["#", "("]:
        depth, at = 1, at + 2
        while depth and tokens[at] not in (closing, ""):
            depth += {"(": 1, ")": -1}.get(tokens[at], 0)
            at += 1
    return tokens[at : at + 1] == [";"] or tokens[at : at + 2] == ["(", ")"]


def _scan_vhdl(tokens: list[str]) -> Scan:
    defines: list[str] = []
    completes: list[str] = []
    uses: list[str] = []
    strings: list[str] = []
    portless: list[str] = []
    header = ""  # the entity whose ports would stand here
    padded = ["", "", *tokens, "", "", "", ""]
    for at, token in enumerate(padded[:-4]):
        if at < 2:
            continue
        before, name, then, third = padded[at - 1], *padded[at + 1 : at + 4]
        if token.startswith('"'):
            strings.append(token.strip('"'))
        elif token in ("entity", "package", "context") and then == "is":
            defines.append(name)
            header = name if token == "entity" else ""  # noqa: S105
        elif token in ("port", "end"):
            if header and token == "end":  # noqa: S105
                portless.append(header)
            header = ""
        elif token == "package" and name == "body":  # noqa: S105
            completes.append(then)
        elif token == "architecture" and then == "of":  # noqa: S105
            completes.append(third)
        elif token == "configuration" and then == "of":  # noqa: S105
            defines.append(name)
            uses.append(third)
        elif _is_name(token) and (
            (before == "." and _is_name(padded[at - 2]))
            or before in ("component", "configuration")
            or (before == ":" and name in ("port", "generic"))
        ):
            uses.append(token)
    return Scan(
        defines=_once(defines),
        completes=_once(completes),
        uses=_once(uses),
        strings=_once(s for s in strings if 0 < len(s) < 200),
        modules=_once(defines),
        without_ports=_once(portless),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
