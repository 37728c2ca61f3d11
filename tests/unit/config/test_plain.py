"""The quick reader gives what the other reader gives, or leaves the file to it."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from config.document import read_document
from config.plain import read_plain
from config.problems import Report
from config.secrets import Secrets

EXAMPLES = sorted((Path(__file__).parents[3] / "config" / "examples").glob("*.yaml"))
DATA = Path(__file__).parents[2] / "data" / "config"
OTHERS = sorted(DATA.rglob("*.yaml"))
ENVIRON = {"KEY": "the-key", "NOT_UTF8": "\udcff"}


def read_both(data: bytes) -> tuple[Any, Any]:
    """Read with the quick reader, and with the other one: a value, None where there is a problem."""
    quick = read_plain(data, Secrets(Path(), ENVIRON))
    report = Report("a.yaml")
    document = read_document(data, secrets=Secrets(Path(), ENVIRON), report=report)
    well = document is not None and not report.problems and not document.nulls
    return quick, document.value if document is not None and well else None


def same(one: Any, other: Any) -> bool:
    """Compare values with their types: 1, 1.0 and true are not the same."""
    return one == other and repr(one) == repr(other)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_plain(path: Path) -> None:
    data = re.sub(rb"\$\{(env|file):[^}]*\}", b"${env:KEY}", path.read_bytes())
    quick, slow = read_both(data)
    assert quick is not None
    assert same(quick, slow)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_files_of_other_tests_read_alike_or_are_left(path: Path) -> None:
    quick, slow = read_both(path.read_bytes())
    assert quick is None or same(quick, slow)


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("text", "text"),
        ("Un instant, s'il vous plaît !", "Un instant, s'il vous plaît !"),
        ("Tom & Jerry * 2", "Tom & Jerry * 2"),
        ("'83482904'", "83482904"),
        ('"\\u00fc\\n"', "ü\n"),
        ("83482904", 83482904),
        ("-5", -5),
        ("0", 0),
        ("0.25", 0.25),
        ("true", True),
        ("yes", "yes"),
        ("2021-11-27", "2021-11-27"),
        ("5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11", "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11"),
        ("10.0.0.1", "10.0.0.1"),
        ("https://api.example/a?b=c#d", "https://api.example/a?b=c#d"),
        ("~/folder", "~/folder"),
        ("Einen Moment, ich hole Übersetzer", "Einen Moment, ich hole Übersetzer"),
        ("${env:KEY}", "the-key"),
        ("'${env:KEY}!'", "the-key!"),
        ("|\n  one\n  ${env:KEY}\n", "one\nthe-key\n"),
        (">-\n  one\n  two\n", "one two"),
        ("[1, [a]]", [1, ["a"]]),
        ("{1: a, null: b, yes: c, '<<': d}", {"1": "a", "null": "b", "yes": "c", "<<": "d"}),
        ("\n  - a\n  - b: 1", ["a", {"b": 1}]),
    ],
)
def test_plain_values(yaml: str, value: Any) -> None:
    quick, slow = read_both(f"# comment\n---\nkey: {yaml}\n".encode())
    assert same(quick, {"key": value})
    assert same(slow, {"key": value})


@pytest.mark.parametrize(
    "yaml",
    [
        "", "~", "null", "Null", "TRUE", "False", "=", "007", "0o17", "0x1f", "0b1", "1e3", "1_000", ".5", "5.", "+5", ".inf",
        "-.INF", ".nan", "12345678901234567890", "!!str 7", "!mine x", "&anchor x", "[&a 1, *a]", "{a: 1, a: 2}", "{<<: {a: 1}}",
        "[1, 2", "a: b", "'x", "\t1", "${env:MISSING}", "${env:NOT_UTF8}", '"\\ud800"', "{[a]: 1}", "{? !!str a : 1}",
        "!", "! [a]", "! {a: 1}", "\n--- \nother: 2", "\ufeff", "a\u2028b", "a\x85b", "a\x07b",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_other_reader(yaml: str) -> None:
    assert read_both(f"key: {yaml}\n".encode())[0] is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# nothing\n",
        b"- a list\n",
        b"text\n",
        b"%YAML 1.1\n---\nkey: yes\n",
        b"key: 1\n---\nkey: 2\n",
        b"key: caf\xe9\n",
        b"a: &a [1]\nb: *a\n",
        b"a: &a {b: *a}\n",
        b"key: " + b"[" * 900 + b"]" * 900,
        b"key: " + b"[" * 100_000,
        b"key: [" + b"[]," * 20_000 + b"]",
    ],
    ids=[
        "empty",
        "comment",
        "list",
        "text",
        "directive",
        "two",
        "latin 1",
        "alias",
        "itself",
        "deep",
        "deeper",
        "long",
    ],
)
def test_a_file_that_is_no_plain_mapping_is_left_to_the_other_reader(data: bytes) -> None:
    assert read_plain(data, Secrets(Path(), ENVIRON)) is None


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("0123456789+-._eExobaAfFiInNtTrRuUlLsS~=<:"), min_size=1, max_size=8))
@example(".inf")
@example("+.5e1")
@example("0o")
def test_a_word_is_what_yaml_1_2_says_it_is(word: str) -> None:
    quick, slow = read_both(f"key: {word}\n".encode())
    assert quick is None or same(quick, slow)


@settings(deadline=None, max_examples=300)
@given(
    st.text(st.sampled_from("ab:1 \n\r-[]{}'\"#,&*!|>%@`?~\\éü\u2028\x85\t"), max_size=40).map(
        lambda text: f"k: {text}"
    )
)
@example("k: a\r\n  b\rc: d")
@example("k: {a:1, b: 2}")
@example("k: !")
@example("k: |#")
@example("k: &1:1")
@example("{! a: 1}")
@example("k: ! 'a'")
@example("k: [a?b, c: d]")
@example("k: 'a''b'\nl: \"a\\\n  b\"")
def test_any_text_is_read_alike_or_left(text: str) -> None:
    quick, slow = read_both(text.encode())
    assert quick is None or same(quick, slow)


@settings(deadline=None, max_examples=200)
@given(
    st.recursive(
        st.text(max_size=12) | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.booleans(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_yaml_itself_writes_is_read_alike_or_left(value: Any) -> None:
    out = BytesIO()
    YAML(typ="safe", pure=True).dump({"key": value}, out)
    quick, slow = read_both(out.getvalue())
    assert quick is None or same(quick, slow)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from([re.sub(rb"\$\{(env|file):[^}]*\}", b"x", path.read_bytes()) for path in EXAMPLES]),
    st.integers(0, 5000),
    st.integers(0, 3),
    st.text(st.sampled_from(" \n:-#'\"[]{},|>!&*?%@`~0a\\"), max_size=4),
)
def test_an_example_with_a_slip_of_the_hand_is_read_alike_or_left(
    data: bytes, place: int, removed: int, inserted: str
) -> None:
    place %= len(data)
    quick, slow = read_both(data[:place] + inserted.encode() + data[place + removed :])
    assert quick is None or same(quick, slow)
