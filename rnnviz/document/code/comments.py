"""The user's words in a script: comments, from which nothing can escape."""

from __future__ import annotations

import textwrap

WIDTH = 100
MOST_NAMES = 12


def harmless(words: str) -> str:
    """Return words for one line of a comment: what is not printable, line ends above all, becomes a space.

    Who starts a file with such a comment should know that Python reads the encoding from its first two lines.
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def comment(words: str) -> list[str]:
    """Return words of any length as lines of comments."""
    lines = (harmless(line) for line in words.splitlines())
    return [f"# {part}" for line in lines for part in textwrap.wrap(line, WIDTH - 2)]


def names(words: tuple[str, ...]) -> str:
    """Return a few names side by side, for a comment; empty when they say nothing, or are too many."""
    found = [harmless(word) or "_" for word in words]
    return "" if len(found) > MOST_NAMES or found == ["x"] else ", ".join(found)
