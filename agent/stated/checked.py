"""What became of the examples that a request states."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Checked:
    """What one design does with all examples of a request.

    Attributes:
        rows: how many were tried.
        wrong: how many of them it contradicts, in the reading that suits it best.
        said: for evidence, such as `truth table: 2 of 8 rows contradicted, first row 3`.
    """

    rows: int
    wrong: int
    said: str
