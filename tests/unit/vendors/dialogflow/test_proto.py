import copy
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud.dialogflow_v2 import DetectIntentRequest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.errors import InvalidRequest
from gateway.contract.wire import loads
from vendors.dialogflow.proto import MalformedStruct, check_message, plain_struct, whole_numbers

CASES = loads((Path(__file__).parents[3] / "data/dialogflow/structs.json").read_bytes())["cases"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))
OBJECTS = st.dictionaries(st.text(), JSON, max_size=5)


@pytest.mark.parametrize("case", [case for case in CASES if "plain" in case], ids=lambda case: case["name"])
def test_struct_becomes_plain(case: dict[str, Any]) -> None:
    assert plain_struct(case["value"]) == case["plain"]


@pytest.mark.parametrize("case", [case for case in CASES if "malformed" in case], ids=lambda case: case["name"])
def test_malformed_struct_is_named(case: dict[str, Any]) -> None:
    with pytest.raises(MalformedStruct) as caught:
        plain_struct(case["value"])

    assert str(caught.value) == case["malformed"]


def as_client_value(value: Any, *, kind: bool) -> dict[str, Any]:
    """What LivePerson's client makes of a value: protobuf.js prints the oneof's name as `kind`."""
    name: str
    held: Any
    match value:
        case None:
            name, held = "nullValue", "NULL_VALUE"
        case bool():
            name, held = "boolValue", value
        case int() | float():
            name, held = "numberValue", value
        case str():
            name, held = "stringValue", value
        case list():
            name, held = "listValue", {"values": [as_client_value(item, kind=kind) for item in value]}
        case _:
            name, held = "structValue", as_client_struct(value, kind=kind)
    return {"kind": name, name: held} if kind else {name: held}


def as_client_struct(value: dict[str, Any], *, kind: bool) -> dict[str, Any]:
    return {"fields": {name: as_client_value(item, kind=kind) for name, item in value.items()}}


@given(OBJECTS, st.booleans())
def test_struct_form_and_back(value: dict[str, Any], kind: bool) -> None:
    assert plain_struct(as_client_struct(value, kind=kind)) == value


@given(OBJECTS)
def test_any_object_is_plain_or_named_malformed(value: dict[str, Any]) -> None:
    try:
        read = plain_struct({"fields": value})
    except MalformedStruct:
        return
    assert set(read) in ({"fields"}, set(value))


def test_bottomless_struct_is_refused() -> None:
    value: dict[str, Any] = {"fields": {}}
    for _ in range(200):
        value = {"fields": {"a": {"kind": "structValue", "structValue": value}}}

    with pytest.raises(MalformedStruct) as caught:
        plain_struct(value)

    assert str(caught.value) == "is deeper than 100 levels"


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"queryInput": [5]}, "queryInput: does not fit DetectIntentRequest"),
        ({"queryParams": {"timeZone": 5}}, "queryParams: does not fit DetectIntentRequest"),
        ({"queryParams": {"payload": {"when": object()}}}, "queryParams: does not fit DetectIntentRequest"),
        ({"queryParams": {"payload": {"text": "\ud800"}}}, "queryParams: does not fit DetectIntentRequest"),
        ({"outputAudioConfig": {"audioEncoding": "NO_SUCH"}}, "outputAudioConfig: does not fit DetectIntentRequest"),
        ({"x" * 100: 1}, "x" * 64 + ": is no member of a request"),
        ({5: 1}, "'int': is no member of a request"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_message_is_named(request_: dict[Any, Any], problem: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_message(request_, DetectIntentRequest.pb())

    assert str(caught.value) == problem


MEMBERS = st.sampled_from(
    ["session", "queryParams", "queryInput", "outputAudioConfig", "outputAudioConfigMask", "inputAudio"]
)
NAMES = st.sampled_from(
    ["text", "event", "audioConfig", "languageCode", "name", "parameters", "payload", "contexts", "geoLocation", "timeZone",
     "latitude", "lifespanCount", "sessionEntityTypes", "entities", "synonyms", "webhookHeaders", "resetContexts", "dtmf"]
)  # fmt: skip
LIKELY = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))


@given(st.dictionaries(MEMBERS, LIKELY))
def test_any_request_fits_or_is_refused(request_: dict[str, Any]) -> None:
    try:
        check_message(request_, DetectIntentRequest.pb())
    except InvalidRequest as invalid:
        refused: str | None = invalid.path
    else:
        refused = None

    if refused is None:
        ParseDict(request_, DetectIntentRequest.pb()())
    else:
        assert refused in request_


@given(OBJECTS)
def test_every_plain_object_is_a_struct_of_googles(value: dict[str, Any]) -> None:
    read = ParseDict(value, Struct())

    assert set(read.fields) == set(value)
    assert all(not math.isnan(field.number_value) for field in read.fields.values())


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (2.0, "2"),
        (-3.0, "-3"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (float(2**53), str(2**53)),
        (float(2**54), "1.8014398509481984e+16"),
        (True, "True"),
        (None, "None"),
        ("2.0", "'2.0'"),
        ({"a": [1.0, {"b": 2.0}, [[3.0]]], "c": 4}, "{'a': [1, {'b': 2}, [[3]]], 'c': 4}"),
    ],
)
def test_whole_numbers(value: Any, whole: str) -> None:
    assert repr(whole_numbers(value)) == whole


@given(JSON)
def test_whole_numbers_change_no_value(value: Any) -> None:
    before = copy.deepcopy(value)

    after = whole_numbers(value)

    assert after == before
    assert not list(whole_floats(after))


def whole_floats(value: Any) -> Iterator[float]:
    """Find what should have become an integer."""
    match value:
        case dict():
            for member in value.values():
                yield from whole_floats(member)
        case list():
            for item in value:
                yield from whole_floats(item)
        case float() if value.is_integer() and abs(value) <= 2**53:
            yield value
