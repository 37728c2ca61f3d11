from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.contract import wire

DATA = Path(__file__).parents[3] / "data" / "contract"
CASES = orjson.loads((DATA / "wire.json").read_bytes())


def read(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()


def nest(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize("case", [case for case in CASES if "value" in case], ids=lambda case: case["id"])
def test_reads(case: dict[str, Any]) -> None:
    value = wire.loads(read(case))

    assert value == case["value"]
    assert type(value) is type(case["value"])


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: case["id"])
def test_refuses_to_read(case: dict[str, Any]) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.loads(read(case))

    assert str(caught.value) == case["error"]
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["\ufeff{}", '"\ud800"'], ids=["byte order mark", "lone surrogate"])
def test_refuses_to_read_text(text: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.loads(text)

    assert str(caught.value) == "not JSON: line 1, column 1"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["arrays", "objects"])
def test_reads_as_deep_as_it_can_write(opening: str, closing: str) -> None:
    core = "1" if opening != "[" else ""
    deepest = opening * wire.MAX_DEPTH + core + closing * wire.MAX_DEPTH

    assert wire.dumps(wire.loads(deepest)) == deepest.encode()
    for too_deep in (f"[{deepest}]", f"[{deepest}]".encode()):
        with pytest.raises(wire.WireError) as caught:
            wire.loads(too_deep)
        assert str(caught.value) == "nested deeper than 200 levels"


def test_rereads_whatever_it_has_written() -> None:
    for value in (nest(254), {"a": [1, 2.5, None, True, "ä\u0000\U0001f600"]}, 2**64 - 1, "[" * 500):
        assert wire.reread(wire.dumps(value)) == value
    with pytest.raises(wire.WireError):
        wire.dumps(nest(255))


@pytest.mark.parametrize("levels", [1025, 100_000])
def test_refuses_what_the_parser_gives_up_on(levels: int) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.loads(b"[" * levels + b"]" * levels)

    assert str(caught.value) == "not JSON: line 1, column 1026"


def test_many_brackets_side_by_side_are_not_deep() -> None:
    wide: list[Any] = [[{}] for _ in range(500)]

    assert wire.loads(wire.dumps(wide)) == wide
    assert wire.loads(wire.dumps("[" * 500)) == "[" * 500


def test_writes_compactly_and_in_utf8() -> None:
    assert (
        wire.dumps({"a": [1, 2.5, None, True, "ä\u0000\U0001f600"]}) == '{"a":[1,2.5,null,true,"ä\\u0000😀"]}'.encode()
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_writes_null_for_what_json_has_no_number_for(value: float) -> None:
    assert wire.dumps([value]) == b"[null]"


CIRCULAR: dict[str, Any] = {}
CIRCULAR["self"] = CIRCULAR


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        pytest.param(2**64, "Integer exceeds 64-bit range", id="whole number beyond 64 bits"),
        pytest.param(-(2**63) - 1, "Integer exceeds 64-bit range", id="negative number beyond 64 bits"),
        pytest.param("secret\ud800", "str is not valid UTF-8: surrogates not allowed", id="lone surrogate"),
        pytest.param(
            {"secret\udfff": 1}, "str is not valid UTF-8: surrogates not allowed", id="lone surrogate in a key"
        ),
        pytest.param({1: "secret"}, "Dict key must be str", id="key that is no string"),
        pytest.param({"a": {"secret"}}, "Type is not JSON serializable: set", id="set"),
        pytest.param(b"secret", "Type is not JSON serializable: bytes", id="bytes"),
        pytest.param(nest(300), "Recursion limit reached", id="deep"),
        pytest.param(CIRCULAR, "Recursion limit reached", id="circular"),
    ],
)
def test_refuses_to_write(value: Any, problem: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.dumps(value)

    assert str(caught.value) == f"cannot be written as JSON: {problem}"
    assert caught.value.__cause__ is None


def test_copy_shares_nothing() -> None:
    original = {"a": [{"b": 1}]}

    copied = wire.copy(original)
    copied["a"][0]["b"] = 2

    assert original == {"a": [{"b": 1}]}


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({}, "object"),
        ([], "array"),
        ("", "string"),
        (True, "boolean"),
        (1, "number"),
        (1.5, "number"),
        (None, "null"),
        (b"", "bytes"),
    ],
)
def test_names_types_as_json_does(value: Any, name: str) -> None:
    assert wire.name_type(value) == name
