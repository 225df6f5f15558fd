"""Rules that ask no model: which lines call a tool, what is offered first, what is evidence."""

import pytest

from hdlsmith.agent.chat.calls import Say, parse_action, schema_of
from hdlsmith.agent.chat.evidence import evidence_line
from hdlsmith.agent.chat.plain import plain_call
from hdlsmith.agent.chat.root import Root
from hdlsmith.agent.chat.secrets import Guarded, Secrets
from hdlsmith.agent.chat.state import Entry, Speaker, Standing, remembered
from hdlsmith.agent.chat.tools import TOOLS, offered
from hdlsmith.agent.models import Completion, Message, OnToken, Request, Sampling
from hdlsmith.errors import InputError, ModelError
from hdlsmith.settings import Settings

from .conftest import FILES, Chat, action, say

USER = Entry(Speaker.USER, "run it")
PASSED = Entry(Speaker.TOOL, "PASS", "{}", "simulate tb: PASS, 3 checks", Standing.SHOWN)
CHANGED = Entry(Speaker.CHANGE, "a file changed")
BOAST = Entry(Speaker.AGENT, "It works.")


@pytest.mark.parametrize(
    ("line", "name", "about"),
    [
        ("search write pointer", "search", "write pointer"),
        ("Explain gray", "explain", "gray"),
        ("explain rtl/gray.sv:12", "explain", "rtl/gray.sv:12"),
        ("trace count in gray", "trace", "count gray"),
        ("loads gray.count", "trace", "gray.count loads"),
        ("lint rtl tb/gray_tb.sv --top gray", "lint", "rtl tb/gray_tb.sv gray"),
        ("simulate . --top gray_tb", "simulate", ". gray_tb"),
        ("debug rtl/gray.sv --testbench tb/gray_tb.sv", "debug", "rtl/gray.sv tb/gray_tb.sv"),
        ("read rtl/gray.sv 3", "read", "rtl/gray.sv 3"),
    ],
)
def test_a_tool_called_by_its_name(line: str, name: str, about: str) -> None:
    call = plain_call(line, Root(FILES))
    assert call
    assert (call.name, call.about) == (name, about)


@pytest.mark.parametrize(
    "line",
    [
        "search",
        "explain how the counter wraps",
        "trace who drives the count",
        "lint the counter",
        "lint rtl --top",
        "simulate rtl",
        "simulate what I changed",
        "debug rtl/gray.sv",
        "read the readme",
        "don't lint",
        f"lint {'x' * 5000}",
        "read a\0b",
        "",
    ],
)
def test_plain_english_calls_nothing(line: str) -> None:
    assert plain_call(line, Root(FILES)) is None


def test_what_is_offered_first() -> None:
    def names(line: str, *turn: Entry) -> list[str]:
        return [kind.name for kind in offered(line, (USER, *turn))]

    assert names("why does it fail?") == ["debug", "simulate", "search", "read"]
    assert names("how does gray work?")[0] == "explain"
    assert "say" in names("hello")
    assert "say" in names("why does it fail?", PASSED)
    assert names("run it", PASSED, PASSED) == ["say"]
    assert names("add a port", Entry(Speaker.NOTE, "not allowed")) == ["say"]


def test_every_schema_is_strict() -> None:
    schema = schema_of((*TOOLS, Say))
    choices = schema["properties"]["action"]["anyOf"]
    assert len(choices) == len(TOOLS) + 1
    for choice in choices:
        assert next(iter(choice["properties"])) == "tool"
        assert choice["required"] == list(choice["properties"])
        assert choice["additionalProperties"] is False


@pytest.mark.parametrize(
    "answer",
    [
        '{"action": {"tool": "shell", "command": "ls"}}',
        '{"action": {"tool": "lint", "paths": ["rtl"]}}',
        '{"action": {"tool": "lint", "paths": "rtl", "top": ""}}',
        '{"action": {"tool": "lint", "paths": ["rtl"], "top": "", "cage": "none"}}',
        '{"action": "lint"}',
    ],
)
def test_what_is_no_call(answer: str) -> None:
    with pytest.raises(InputError):
        parse_action(answer, TOOLS)


def test_half_a_character_never_leaves_an_answer() -> None:
    call = parse_action('{"tool": "search", "question": "a \\ud800 b"}', TOOLS)
    assert call.about == "a ? b"  # type: ignore[union-attr]


def test_json_without_end_is_prose() -> None:
    answer = '{"action": ' + "[" * 100_000
    assert parse_action(answer, TOOLS) == Say(text=answer)


def test_an_endless_answer_ends() -> None:
    class Endless:
        name = "endless"

        def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
            while on_token:
                on_token("on and on ")
            raise AssertionError(request)

    request = Request((Message("user", "hello"),), Sampling(0.0, 9))
    with pytest.raises(ModelError, match="endless does not stop"):
        Guarded(Endless(), Secrets(Settings())).complete(request)


def test_evidence() -> None:
    assert evidence_line((USER, PASSED, BOAST)) == "evidence: simulate tb: PASS, 3 checks"
    assert evidence_line((USER, PASSED, CHANGED, BOAST)).startswith("evidence: none; no tool")
    assert evidence_line((USER, PASSED, USER, BOAST)).startswith("evidence: none; no tool")
    assert evidence_line((USER, Entry(Speaker.AGENT, "It is a counter."))) == "evidence: none"


def test_the_memory_is_bounded() -> None:
    entries = tuple(Entry(Speaker.TOOL, f"{n}" + "x" * 3000) for n in range(9))
    kept = remembered(entries)
    assert kept == entries[-3:]
    assert remembered((Entry(Speaker.USER, "y" * 99_999),))


def test_an_unusable_call_is_tried_again(chat: Chat) -> None:
    out = chat("hello there\n", [action("shell", command="ls"), say("Hello.")])
    assert "* there is no tool 'shell' now\n  Hello.\nevidence: none\n" in out
    assert "there is no tool 'shell'" in chat.prompts[1]
