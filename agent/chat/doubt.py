"""Why a testbench's PASS may show nothing: what it rests on was changed in the conversation."""

from dataclasses import replace

from hdlsmith.agent.chat.state import Change
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import VERILOG_FAMILY


def doubt_about(
    tested: tuple[SourceFile, ...],
    testbench: tuple[SourceFile, ...],
    changes: tuple[Change, ...],
) -> str:
    """The reason not to count a PASS, in a few words; empty if it counts.

    A model that may change files could change what judges it, or let the design speak in the
    testbench's voice.
    """
    begun = _texts_before(changes)
    for file in testbench:
        if file.text in begun:
            return f"{file.path} was changed here"
    changed = tuple(file for file in tested if file.text in begun)
    for file in changed:
        if file.language not in VERILOG_FAMILY:
            return f"{file.path} was changed here, and nothing watches what else it does"
    if not changed:
        return ""
    from hdlsmith.agent.debugging.tampering import tampering

    before = Design(tuple(replace(file, text=begun[file.text]) for file in changed))
    return tampering(before, Design(changed), testbench)


def _texts_before(changes: tuple[Change, ...]) -> dict[str, str]:
    """Of each text that a change left behind, as tools read it, the one that stood there before
    the first change.
    """
    begun: dict[str, str] = {}
    for edit in (edit for change in changes for edit in change.edits):
        if edit.after is not None:
            before = edit.before or ""
            begun[_read(edit.after)] = begun.get(_read(before), before)
    return begun


def _read(text: str) -> str:
    return text.removeprefix("\ufeff")  # a file's mark of UTF-8, which no tool is shown
