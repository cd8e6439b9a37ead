"""Files that are something else, named for what they are at their own line."""

import pytest

from reconciler.desired.kinds import decode, other_kind
from reconciler.errors import ConfigError
from reconciler.workspace.settings import parse_settings


@pytest.mark.parametrize(
    ("content", "rule", "place", "words"),
    [
        (b"\xef\xbb\xbfname: X\n", "encoding", (1, 1), "as of UTF-8 with BOM"),
        ("name: X\n".encode("utf-16"), "encoding", (1, 1), "mark of UTF-16"),
        (b"\xfe\xff\x00n", "encoding", (1, 1), "mark of UTF-16"),
        ("name: X\n".encode("utf-32"), "encoding", (1, 1), "mark of UTF-32"),
        ("name: X\n".encode("utf-16-le"), "encoding", (1, 1), "is UTF-16"),
        ("name: X\n".encode("utf-16-be"), "encoding", (1, 1), "is UTF-16"),
        ("name: é\n".encode("latin-1"), "encoding", (1, 7), "0xe9 is not UTF-8"),
        (b"\0" * 5, "other-kind", (1, 1), "nothing but zeros"),
        (b"name: X\nti\0\0\0", "other-kind", (2, 3), "zeros (NUL), 3 bytes"),
        (b"PK\x03\x04", "other-kind", (1, 1), "a ZIP archive"),
        (b"%PDF-1.7", "other-kind", (1, 1), "a PDF"),
        (b"{\\rtf1", "other-kind", (1, 1), "formatted text"),
        (b"\0GITCRYPT\0\x12\x93", "other-kind", (1, 1), "git-crypt, and locked"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n66\n", "other-kind", (1, 1), "Ansible Vault"),
        (b"age-encryption.org/v1\n", "other-kind", (1, 1), "by age"),
        (b"-----BEGIN PGP MESSAGE-----\n", "other-kind", (1, 1), "encrypted"),
        (b"/annex/objects/SHA256E-s10--a.yaml\n", "other-kind", (1, 1), "git-annex"),
    ],
)
def test_m4_bytes_that_are_no_text(
    content: bytes, rule: str, place: tuple[int, int], words: str
) -> None:
    """Each by its name."""
    text, problem = decode(content)
    assert text == ""
    assert problem is not None
    assert (problem.rule, problem.place) == (rule, place)
    assert words in problem.message


def test_m4_a_zero_within_a_text_is_a_character() -> None:
    """It is refused where it stands, like any control character."""
    assert decode(b"name: X\0Y and more\n") == ("name: X\0Y and more\n", None)


@pytest.mark.parametrize(
    ("text", "rule", "places"),
    [
        ("version https://git-lfs.github.com/spec/v1\n", "lfs-pointer", [(1, 1)]),
        ("\n<!-- saved -->\n<HTML lang=en>\n", "other-kind", [(3, 1)]),
        ('<?xml version="1.0"?>\n', "other-kind", [(1, 1)]),
        ("a: 1\n<<<<<<< x\na: 2\n=======\na: 3\n>>>>>>> y\n", "merge-conflict", [(2, 1)]),
        (
            "<<<<<<< x\r\n=======\r\n>>>>>>> y\r\n<<<<<<< x\r\n=======\r\n>>>>>>> y\r\n",
            "merge-conflict",
            [(1, 1), (4, 1)],
        ),
        ("<<<<<<< x\n<<<<<<< x\n", "merge-conflict", [(1, 1), (2, 1)]),
        ("a: 1\n>>>>>>> y\n", "merge-conflict", [(2, 1)]),
        ("<<<<<<<\na: 2\n=======\na: 3\n>>>>>>>\n", "merge-conflict", [(1, 1)]),
        (
            "<<<<<<<<< x\n||||||||| y\n=========\na: 3\n>>>>>>>>> z\n",
            "merge-conflict",
            [(1, 1)],
        ),
        ("../google/recall.yaml", "other-kind", [(1, 1)]),
        ("recall.yml\n", "other-kind", [(1, 1)]),
    ],
)
def test_m4_texts_that_are_no_group(text: str, rule: str, places: list[tuple[int, int]]) -> None:
    """Each by its name, a conflict at its first mark."""
    found = other_kind(text)
    assert {finding.rule for finding in found} == {rule}
    assert [finding.place for finding in found] == places


@pytest.mark.parametrize(
    "text",
    [
        "name: <b>\n",
        "name: X # <<<<<<< and =======\n",
        "# =======\n  =======\n",
        "name: X\n",
        '{"name": "X"}\n',
        "========\n",
    ],
)
def test_m4_what_only_resembles_one_is_left_to_yaml(text: str) -> None:
    """Marks stand at the beginning of a line, seven of them."""
    assert other_kind(text) == []


@pytest.mark.parametrize(
    ("content", "words", "remedy"),
    [
        (b"\xef\xbb\xbf[tool]\n", "pyproject.toml:1:1: the file begins with a byte order", "BOM"),
        (b"[tool]\n<<<<<<< x\n", "pyproject.toml:2:1: a merge was left unfinished", "mend it"),
        (b"a = \xe9\n", "the byte 0xe9 is not UTF-8", "save the file as UTF-8"),
    ],
)
def test_m4_the_settings_too(content: bytes, words: str, remedy: str) -> None:
    """pyproject.toml with a byte order mark is not "line 1, column 1"."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(content)
    assert words in caught.value.message
    assert remedy in caught.value.remedy
