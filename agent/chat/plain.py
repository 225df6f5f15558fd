"""Tools called by the user himself: `lint rtl --top fifo`. These need no model."""

import re
import shlex

from hdlsmith.agent.chat.calls import ToolCall
from hdlsmith.agent.chat.changing import Debug
from hdlsmith.agent.chat.judging import Lint, Simulate
from hdlsmith.agent.chat.looking import Explain, Read, Search, Trace
from hdlsmith.agent.chat.root import Root

USAGE = (
    "search WORDS",
    "explain MODULE | MODULE.SIGNAL | FILE:LINE",
    "trace SIGNAL [in MODULE]",
    "loads SIGNAL [in MODULE]",
    "read FILE [LINE]",
    "lint PATH... [--top MODULE]",
    "simulate PATH... --top TESTBENCH",
    "debug FILE... --testbench FILE...",
)

_TARGET = re.compile(r"[\w./$]*\w(?::\w+)?")
_TRACED = re.compile(r"(?P<signal>[\w.$\[\]]+)(?:\s+in\s+(?P<module>[\w$]+))?")


def plain_call(line: str, root: Root) -> ToolCall | None:
    """The tool that a line calls by its name, with arguments that make sense; else None, and the
    line is plain English.
    """
    verb, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    match verb.lower():
        case "search" if rest:
            return Search(question=rest)
        case "explain" if _TARGET.fullmatch(rest):
            return Explain(target=rest)
        case "trace" | "loads" as walk if traced := _TRACED.fullmatch(rest):
            module = traced["module"] or ""
            return Trace(signal=traced["signal"], module=module, loads=walk == "loads")
        case "read":
            path, _, start = rest.partition(" ")
            if _exists(root, path) and (not start or start.isdecimal()):
                return Read(path=path, start_line=int(start or 1))
        case "lint":
            paths, tops = _parted(rest, "--top")
            if _all_exist(root, paths) and len(tops) < 2:
                return Lint(paths=paths, top="".join(tops))
        case "simulate":
            paths, tops = _parted(rest, "--top")
            if _all_exist(root, paths) and len(tops) == 1:
                return Simulate(paths=paths, top=tops[0])
        case "debug":
            paths, benches = _parted(rest, "--testbench")
            if _all_exist(root, paths) and _all_exist(root, benches):
                return Debug(paths=paths, testbench=benches, issue="")
    return None


def usage_of(line: str) -> str:
    """How the tool is called that a line begins with the name of; empty where it does not."""
    verb = line.split(" ", 1)[0].lower()
    return next((usage for usage in USAGE if usage.split(" ", 1)[0] == verb), "")


def _parted(rest: str, option: str) -> tuple[list[str], list[str]]:
    """The words before an option, and those behind it; nothing, where it is the last word."""
    try:
        words = shlex.split(rest)
    except ValueError:  # an apostrophe of plain English
        return [], []
    if words[-1:] == [option]:
        return [], []
    at = words.index(option) if option in words else len(words)
    return words[:at], words[at + 1 :]


def _all_exist(root: Root, paths: list[str]) -> bool:
    return bool(paths) and all(_exists(root, path) for path in paths)


def _exists(root: Root, path: str) -> bool:
    try:
        return bool(path) and (root.folder / path).exists()
    except (OSError, ValueError):  # too long; a NUL byte
        return False
