"""What is shown of an answer while it is written."""

import json

import pytest

from hdlsmith.agent.chat.speech import Speech

TEXT = 'It\'s "quoted"\\, tab\there,\nnext line é \U0001f600 end.'


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize(
    "wrapped",
    [
        lambda said: {"action": {"tool": "say", "text": said}},
        lambda said: {"tool": "say", "text": said},
    ],
)
def test_a_say_appears_character_by_character(wrapped: object, ascii_only: bool) -> None:
    assert callable(wrapped)
    answer = json.dumps(wrapped(TEXT), ensure_ascii=ascii_only)
    speech = Speech()
    pieces = [speech.add(character) for character in answer]
    assert "".join(pieces) == speech.shown == TEXT
    assert pieces[answer.index("It")] == "I"


def test_a_tool_call_is_not_for_the_user() -> None:
    speech = Speech()
    for character in '{"action": {"tool": "search", "question": "say"}}':
        assert not speech.add(character)


def test_a_long_opening_is_not_read_again_and_again() -> None:
    speech = Speech()
    assert not any(speech.add(" " * 8) for _ in range(100_000))
    assert not any(speech.add("{" + " " * 8) for _ in range(100_000))


def test_prose_is_shown_as_it_is() -> None:
    speech = Speech()
    assert speech.add("The ALU") + speech.add(" adds.") == "The ALU adds."
