"""What a tool call is: its arguments, how a model writes it, what comes back."""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hdlsmith.agent.answer_schema import record_schema
from hdlsmith.agent.chat.state import Change, Standing
from hdlsmith.errors import InputError

if TYPE_CHECKING:
    from hdlsmith.agent.chat.workbench import Workbench


@dataclass(frozen=True)
class Finding:
    """What a tool came back with.

    Attributes:
        summary: what came out, for the one line that the user sees.
        text: all else of it; may be empty.
        evidence: what it says of the design in a few words; empty where it judges nothing.
        proposal: a change of files that the user may allow.
    """

    summary: str
    text: str
    evidence: str = ""
    standing: Standing = Standing.NOTHING
    proposal: Change | None = None


class ToolCall(BaseModel, ABC):
    """A tool with its arguments; the docstring is what a model reads about it.

    Nothing else than these fields can be said to a tool: what cages it, what it may read and who
    allows a change is no argument.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    name: ClassVar[str]

    @abstractmethod
    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:
        """Do it.

        Args:
            changes: those that were made in this conversation.

        Raises:
            HdlsmithError: it can't be done; the model is told so.
        """

    @property
    def about(self) -> str:
        """The arguments, short, for the one line that the user sees."""
        words: list[str] = []
        for name, value in self.model_dump().items():
            if value is True:
                words.append(name)
            elif value:
                words += value if isinstance(value, list) else [str(value)]
        return " ".join(words)


class Say(BaseModel):
    """Answer the user, or ask him something. Ends your turn."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    name: ClassVar[str] = "say"

    text: str


Action = Say | ToolCall
Kind = type[Say] | type[ToolCall]


def schema_of(kinds: tuple[Kind, ...]) -> dict[str, Any]:
    """The JSON schema of `{"action": {"tool": …}}` with one of these tools.

    An object around a choice of objects with every field required: what servers can force. The
    name of the tool stands first, so that an answer can be shown while it is written.
    """
    choices = []
    for kind in kinds:
        own = kind.model_json_schema()
        fields = {
            name: {key: value for key, value in field.items() if key in ("type", "items")}
            for name, field in own["properties"].items()
        }
        properties = {"tool": {"type": "string", "const": kind.name}, **fields}
        choices.append(record_schema(**properties))
    return record_schema(action={"anyOf": choices})


def written(call: ToolCall) -> str:
    """A call as JSON, as a model writes it."""
    return json.dumps({"tool": call.name, **call.model_dump()}, ensure_ascii=False)


def parse_action(answer: str, kinds: tuple[Kind, ...]) -> Action:
    """The action that a model's answer asks for; prose is an answer to the user.

    Raises:
        InputError: no such tool, or not its arguments.
    """
    said = _json_in(answer)
    if said is None:
        return Say(text=answer.strip())
    action = said.get("action", said)
    if not isinstance(action, dict):
        raise InputError("the action is no JSON object")
    arguments = {str(key): value for key, value in action.items() if key != "tool"}
    name = action.get("tool")
    kind = next((kind for kind in kinds if kind.name == name), None)
    if kind is None:
        raise InputError(
            f"there is no tool {name!a} now", remedy=f"one of: {', '.join(k.name for k in kinds)}"
        )
    try:
        return kind(**arguments)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(
            f"{kind.name}: argument {field!a}: {first['msg']}",
            remedy=f"it takes: {', '.join(kind.model_fields)}",
        ) from error


def parse_call(text: str, kinds: tuple[Kind, ...]) -> ToolCall:
    """The call that `written` wrote.

    Raises:
        InputError: another version of hdlsmith wrote it.
    """
    call = parse_action(text, kinds)
    if not isinstance(call, ToolCall):
        raise InputError("this is no call of a tool")
    return call


def _json_in(answer: str) -> dict[str, Any] | None:
    start = answer.find("{")
    if start < 0:
        return None
    try:
        said, _ = json.JSONDecoder(strict=False).raw_decode(answer, start)
    except (ValueError, RecursionError):
        return None
    # Half a surrogate pair can't be written to any file.
    said = json.loads(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))
    is_action = isinstance(said, dict) and ("action" in said or "tool" in said)
    return said if is_action else None
