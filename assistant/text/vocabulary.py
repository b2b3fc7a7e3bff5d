"""Word lists written as prose, one string of blank-separated words."""


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is easier to read and to extend as a line of text."""
    return tuple(text.split())
