"""The checkpointer: which types a checkpoint may hold, and that they come back as they were."""

import sqlite3
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from hdlsmith.agent.state import State


class StateSerializer(JsonPlusSerializer):
    """LangGraph's serializer, admitting the types of a graph's state only.

    msgpack knows no tuples, so those of our frozen records would come back as lists; here they
    come back as tuples.
    """

    def __init__(self, state: type = State) -> None:
        admitted = {(t.__module__, t.__qualname__) for t in state_types(state)}
        super().__init__(allowed_msgpack_modules=sorted(admitted))

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        return _with_tuples(super().loads_typed(data))


def make_checkpointer(connection: sqlite3.Connection, state: type = State) -> SqliteSaver:
    """A checkpointer for a graph's state on an open database."""
    return SqliteSaver(connection, serde=StateSerializer(state))


def forget_steps(checkpointer: SqliteSaver, thread: str) -> None:
    """Drop the steps before the newest, from which alone a thread goes on.

    It is what `prune` does where LangGraph has it; its SQLite checkpointer has none. For a graph
    without subgraphs and `DeltaChannel`s: each of its checkpoints is whole.
    """
    with checkpointer.cursor() as cursor:  # one transaction
        cursor.execute("SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?", (thread,))
        older = (thread, *cursor.fetchone())
        cursor.execute("DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id < ?", older)
        cursor.execute("DELETE FROM writes WHERE thread_id = ? AND checkpoint_id < ?", older)


def state_types(state: type = State) -> set[type]:
    """Every record and enumeration reachable from the annotations of a state."""
    found: set[type] = set()
    for annotation in typing.get_type_hints(state).values():
        _collect(annotation, found)
    return found


def _collect(annotation: Any, found: set[type]) -> None:
    for argument in typing.get_args(annotation):
        _collect(argument, found)
    if not isinstance(annotation, type) or isinstance(annotation, types.GenericAlias):
        return
    if annotation in found:
        return
    if is_dataclass(annotation):
        found.add(annotation)
        for hint in typing.get_type_hints(annotation).values():
            _collect(hint, found)
    elif issubclass(annotation, Enum):
        found.add(annotation)


def _with_tuples(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**dict(_rebuilt_fields(value)))
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    if isinstance(value, list) and any(is_dataclass(item) for item in value):
        return tuple(_with_tuples(item) for item in value)
    return value


def _rebuilt_fields(record: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, list):
            value = tuple(tuple(v) if isinstance(v, list) else _with_tuples(v) for v in value)
        yield field.name, _with_tuples(value)
