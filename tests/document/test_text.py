"""Text as symbols: opening, cutting, one-hot."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.document.text import (
    Encoding,
    TextError,
    next_symbol_targets,
    one_hot,
    read_text,
    symbol_label,
    tokens_of,
    vocabulary_of,
)

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
ENCODINGS: tuple[Encoding, ...] = ("char", "word")
texts = st.text(min_size=4, max_size=80).filter(lambda text: len(set(text)) > 3)


# ---- symbols


@given(texts)
def test_characters_put_together_are_the_normalised_text(text: str) -> None:
    text = f"a b {text}"
    clean = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert "".join(tokens_of(text, "char")) == clean


@given(text=texts, encoding=st.sampled_from(ENCODINGS))
def test_one_hot_row_names_its_symbol(text: str, encoding: Encoding) -> None:
    text = f"a b {text}"
    tokens, vocabulary = tokens_of(text, encoding), vocabulary_of(text, encoding)
    encoded = one_hot(tokens, vocabulary)
    assert encoded.shape == (len(tokens), len(vocabulary))
    assert encoded.dtype == np.float64
    assert encoded.sum(axis=1).tolist() == [1.0] * len(tokens)
    assert tuple(vocabulary[column] for column in encoded.argmax(axis=1)) == tokens


@given(text=texts, encoding=st.sampled_from(ENCODINGS))
def test_target_is_the_symbol_after_each_input(text: str, encoding: Encoding) -> None:
    text = f"a b {text}"
    tokens, vocabulary = tokens_of(text, encoding), vocabulary_of(text, encoding)
    inputs, targets = next_symbol_targets(tokens, vocabulary)
    assert inputs == tokens[:-1]
    assert np.issubdtype(targets.dtype, np.integer)
    assert tuple(vocabulary[column] for column in targets) == tokens[1:]


def test_vocabulary_is_the_same_when_words_trade_places() -> None:
    assert vocabulary_of("the cat sat", "word") == vocabulary_of("sat the cat", "word") == ("cat", "sat", "the")


def test_characters_are_what_a_reader_sees_as_one() -> None:
    assert tokens_of("e\u0301a", "char") == ("é", "a")
    assert tokens_of("x\u0323\u0302y", "char") == ("x\u0323\u0302", "y")
    assert tokens_of("👩\u200d🚀👍🏽", "char") == ("👩\u200d🚀", "👍🏽")
    assert tokens_of("🇨🇭🇫🇷", "char") == ("🇨🇭", "🇫🇷")
    assert tokens_of("नमस्ते", "char") == ("न", "म", "स्", "ते")


def test_composed_and_decomposed_text_has_the_same_symbols() -> None:
    assert vocabulary_of("cafe\u0301 x", "char") == vocabulary_of("café x", "char")


def test_line_ends_of_all_systems_are_one_symbol() -> None:
    assert tokens_of("a\r\nb\rc\nd", "char") == ("a", "\n", "b", "\n", "c", "\n", "d")


def test_words_keep_their_case_and_lose_their_punctuation() -> None:
    assert tokens_of("“Don't stop,” she\n\tsaid… e-mail 3.14!", "word") == (
        *("“", "Don't", "stop", ",", "”", "she", "said", "…", "e-mail", "3.14", "!"),
    )


def test_text_of_fewer_than_two_symbols_is_refused() -> None:
    with pytest.raises(TextError, match="no characters: write at least 2"):
        tokens_of("", "char")
    with pytest.raises(TextError, match="only one word: write at least 2"):
        tokens_of(" word ", "word")


def test_20000_symbols_are_read_and_one_more_is_refused() -> None:
    assert len(tokens_of("ab" * 10_000, "char")) == 20_000
    with pytest.raises(TextError, match=r"20,001 characters, and at most 20,000 .* shorten it"):
        tokens_of("a" * 20_001, "char")


def test_512_different_symbols_are_read_and_one_more_is_refused() -> None:
    words = [f"w{k}" for k in range(513)]
    assert len(vocabulary_of(" ".join(words[:512]), "word")) == 512
    with pytest.raises(TextError, match=r"513 different symbols.*512.*by character"):
        vocabulary_of(" ".join(words), "word")


def test_unknown_symbol_is_named_with_its_position() -> None:
    with pytest.raises(TextError, match="Symbol 3, “␣”, is not in the vocabulary"):
        one_hot(("a", "b", " "), ("a", "b"))


def test_vocabulary_with_a_symbol_twice_is_refused() -> None:
    with pytest.raises(TextError, match="“b” is in the vocabulary twice"):
        one_hot(("a",), ("a", "b", "b"))


def test_one_symbol_has_no_next_one() -> None:
    with pytest.raises(TextError, match="at least 2 symbols"):
        next_symbol_targets(("a",), ("a",))


# ---- labels


@pytest.mark.parametrize(
    ("symbol", "label"),
    [
        *((" ", "␣"), ("\n", "⏎"), ("\t", "⇥"), ("\x00", "U+0000"), ("\x7f", "U+007F"), ("\u00a0", "U+00A0")),
        *(
            ("\u200b", "U+200B"),
            ("\u0301", "◌\u0301"),
            ("a", "a"),
            ("\N{MINUS SIGN}", "\N{MINUS SIGN}"),
            ("👩\u200d🚀", "👩\u200d🚀"),
        ),
        *(("word", "word"), ("é", "é"), ("\ud800", "U+D800"), ("\U0001f468", "\U0001f468"), ("", "")),
    ],
)
def test_label_can_be_seen(symbol: str, label: str) -> None:
    assert symbol_label(symbol) == label


@given(st.characters())
def test_label_has_no_space_or_control_character(symbol: str) -> None:
    label = symbol_label(symbol)
    assert label
    assert not any(unicodedata.category(character)[0] in "CZ" for character in label)


# ---- files


@given(text=texts, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_file_comes_back_normalised(text: str, encoding: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "words: " + "".join(character for character in text if character.isprintable())
    path = tmp_path_factory.mktemp("text") / "words.txt"
    path.write_bytes((text + "\n").encode(encoding))
    assert read_text(path) == unicodedata.normalize("NFC", text)


def test_latin_1_is_read(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("Größe, d\u2019été\r\n".encode("cp1252"))
    assert read_text(path) == "Größe, d\u2019été"
    path.write_bytes(b"caf\xe9 \x81\r\n")
    assert read_text(path) == "café \x81"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "words.txt is empty"),
        (b"\n \n", "words.txt is empty"),
        (b"a\x00b", "words.txt is not text but binary data"),
        (b"\xff\xfea\x00b", "broken UTF-16"),
        (b"PK\x03\x04", "zip archive"),
        (b"a" * 2_000_001, "words.txt is over 2 MB"),
    ],
)
def test_bad_file_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(data)
    with pytest.raises(TextError) as caught:
        read_text(path)
    assert message in str(caught.value)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"none\.txt cannot be opened: No such file"):
        read_text(tmp_path / "none.txt")


def test_example_is_short_and_has_few_symbols() -> None:
    text = read_text(EXAMPLES / "rhyme.txt")
    assert 100 <= len(text) <= 200
    assert len(vocabulary_of(text, "char")) <= 26
