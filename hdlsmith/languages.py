"""The languages hdlsmith speaks: one record each."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from hdlsmith.errors import InputError


class Language(StrEnum):
    VERILOG = "verilog"
    SYSTEMVERILOG = "systemverilog"
    VHDL = "vhdl"
    CHISEL = "chisel"
    HLS_CPP = "hls"


VERILOG_FAMILY = (Language.VERILOG, Language.SYSTEMVERILOG)
"""What the linters and the simulator read."""


@dataclass(frozen=True)
class LanguageInfo:
    """How a language shows itself: in file names, in the fences of a chat answer, and by what
    begins a comment up to the line's end.
    """

    language: Language
    title: str
    suffixes: tuple[str, ...]
    fence_tags: tuple[str, ...]
    line_comment: str = "//"


LANGUAGES = {
    info.language: info
    for info in (
        LanguageInfo(Language.VERILOG, "Verilog", (".v", ".vh"), ("verilog", "v")),
        LanguageInfo(
            Language.SYSTEMVERILOG, "SystemVerilog", (".sv", ".svh"), ("systemverilog", "sv")
        ),
        LanguageInfo(Language.VHDL, "VHDL", (".vhd", ".vhdl"), ("vhdl",), "--"),
        LanguageInfo(Language.CHISEL, "Chisel", (".scala",), ("scala", "chisel")),
        LanguageInfo(Language.HLS_CPP, "HLS C++", (".cpp", ".cc", ".hpp"), ("cpp", "c++")),
    )
}


def language_of(path: PurePath | str) -> Language | None:
    """The language a file name's suffix stands for, or None."""
    suffix = PurePath(path).suffix.lower()
    return next((info.language for info in LANGUAGES.values() if suffix in info.suffixes), None)


def parse_language(name: str) -> Language:
    """The language of that name, fence tag or suffix.

    Raises:
        InputError: no such language; lists the choices.
    """
    wanted = name.lower().removeprefix(".")
    for info in LANGUAGES.values():
        if wanted in (info.language, *info.fence_tags, *(s[1:] for s in info.suffixes)):
            return info.language
    raise InputError(f"no language called {name!r}", remedy=f"one of: {', '.join(Language)}")
