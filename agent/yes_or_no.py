"""What counts as a yes, and what as a no, where a user is asked at a terminal."""


def yes_or_no(said: str) -> bool | None:
    """None where it is neither."""
    match said.strip().lower():
        case "y" | "yes":
            return True
        case "n" | "no":
            return False
    return None
