import pytest

from config.syntax import Unusable, compose, line_of


def test_root_is_the_mapping_and_knows_its_line() -> None:
    root = compose(b"\xef\xbb\xbf# a comment\n\naccount: x\n")
    assert line_of(root) == 3
    assert [(key.value, value.value) for key, value in root.value] == [("account", "x")]


@pytest.mark.parametrize(
    ("data", "line", "text"),
    [
        (b"a: 1\r\nb: [\r\n", 3, "is not YAML: expected the node content, but found '<stream end>'"),
        (b"a: 1\nb: *c\n", 2, "is not YAML: found undefined alias 'c'"),
        (b"%YAML 3.0\n---\na: 1\n", 1, "is not YAML: found incompatible YAML document (version 1.* is required)"),
        (b"%YAML 9999999999999999999999.x\n---\na: 1\n", 1, "is not YAML: expected a digit, but found 'x'"),
        (b"a: 1\nb: \xff", 2, "is not UTF-8 text"),
        ("a: 1\nb: \ufffe".encode(), 2, "is not YAML: a character that YAML does not allow"),
        (b"a: 1\n---\nb: 2\n", 3, "has more than one YAML document; one file describes one account"),
        (b"\n- a\n", 2, "must be a mapping"),
        (b"# nothing\n", 1, "is empty"),
        (b"{" * 3000, 1, "is nested too deeply"),
    ],
    ids=["cut off", "alias", "version", "version number", "UTF-8", "character", "documents", "list", "empty", "nested"],
)
def test_unusable_file(data: bytes, line: int, text: str) -> None:
    with pytest.raises(Unusable) as caught:
        compose(data)
    assert (caught.value.line, caught.value.path, caught.value.text) == (line, (), text)


def test_anchor_may_be_set_anew() -> None:
    assert len(compose(b"a: &x 1\nb: &x 2\nc: *x\n").value) == 3
