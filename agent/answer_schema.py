"""JSON schemas that a model's answer is forced into."""

from typing import Any

Schema = dict[str, Any]


def record_schema(**fields: Schema) -> Schema:
    """An object with exactly these fields, all of them wanted."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
