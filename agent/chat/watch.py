"""What the steps of a conversation tell: to the screen as they work, and to the transcript."""

import json
import time
from typing import TYPE_CHECKING

from hdlsmith.agent.chat.screen import Screen
from hdlsmith.agent.chat.secrets import Secrets
from hdlsmith.agent.chat.speech import Speech

if TYPE_CHECKING:
    from hdlsmith.agent.state import Event
    from hdlsmith.jsonl import JsonlWriter


class ChatWatch:
    """A `Watch`.

    Attributes:
        transcript: None until a conversation has begun.
    """

    def __init__(self, screen: Screen, secrets: Secrets) -> None:
        self.transcript: JsonlWriter | None = None
        self._screen = screen
        self._secrets = secrets
        self._tokens = 0

    def event(self, event: "Event") -> None:
        """Kept in the transcript, without keys."""
        self._tokens = 0
        self._screen.working(f"{event.step}: {event.message}")
        if self.transcript:
            about = {"time": round(time.time(), 3), "step": event.step, "message": event.message}
            line = self._secrets.hide(json.dumps({**about, **event.data}, ensure_ascii=False))
            self.transcript.append(json.loads(line))

    def token(self, text: str) -> None:  # noqa: ARG002 - only the count is shown
        """A model of a tool is writing."""
        self._tokens += 1
        self._screen.working(f"{self._tokens} tokens")


class Listening:
    """A `Watch` of the model that speaks to the user: what it says is on the screen at once."""

    def __init__(self, watch: ChatWatch, screen: Screen) -> None:
        self._watch = watch
        self._screen = screen
        self._speech = Speech()

    def event(self, event: "Event") -> None:
        """As the conversation's own watch."""
        self._watch.event(event)

    def token(self, text: str) -> None:
        """A piece of a tool call, or of words for the user."""
        if new := self._speech.add(text):
            self._screen.speak(new)
        elif not self._speech.shown:
            self._watch.token(text)

    def finish(self, text: str) -> None:
        """Show what was not shown yet: all, where the answer broke off and began again."""
        if self._speech.shown.strip() != text.strip():
            self._screen.end_speech()
            self._screen.speak(text)
        self._screen.end_speech()
