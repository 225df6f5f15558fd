"""Who may ask a model. Each role may be given a model of its own (`[model.roles.<role>]`)."""

from enum import StrEnum


class Role(StrEnum):
    """What a model is asked for: the closed list that settings and records share."""

    PLAN = "plan"
    WRITE = "write"
    REPAIR = "repair"
    CHOOSE = "choose"
    TEST = "test"
    DEBUG = "debug"
    ASK = "ask"
    EXPLAIN = "explain"
    JUDGE = "judge"
    DESCRIBE = "describe"
    CHAT = "chat"
