from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from config.explain import Fault, find_faults


class Inner(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    region: str = "x"
    options: dict[str, Any] = Field(default_factory=dict, alias="with")


class Model(BaseModel):
    """Of everything that a vendor's settings may be made of."""

    model_config = ConfigDict(strict=True, extra="forbid")

    inner: Inner | None = None
    listed: list[Inner] = []
    named: dict[str, Inner] = {}
    either: str | dict[str, str] = ""
    mode: Literal["one", "two"] = "one"
    short: str = Field("abc", min_length=2, max_length=3)
    few: list[int] = Field([1, 2], min_length=2, max_length=2)
    share: float = Field(0.5, ge=0.25, lt=1)
    percent: int = Field(1, gt=0, le=100)
    form: str = Field("a", pattern="^a+$")
    secret: SecretStr | None = None
    custom: str = ""

    @field_validator("custom")
    @classmethod
    def _check(cls, value: str) -> str:
        if value == "custom":
            raise PydanticCustomError("vendor", "Google answers nobody")
        if value:
            raise ValueError("must be nothing")
        return value


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ({"inner": {"regio": 1}}, ("inner", "regio"), "unknown key; did you mean region?"),
        ({"listed": [{}, {"regions": 1}]}, ("listed", 1, "regions"), "unknown key; did you mean region?"),
        ({"named": {"a": {"wiht": 1}}}, ("named", "a", "wiht"), "unknown key; did you mean with?"),
        ({"lised": 1}, ("lised",), "unknown key; did you mean listed?"),
        ({"inner": 1}, ("inner",), "must be a mapping"),
        ({"listed": {}}, ("listed",), "must be a list"),
        ({"named": []}, ("named",), "must be a mapping"),
        ({"mode": "three"}, ("mode",), "must be 'one' or 'two'"),
        ({"mode": None}, ("mode",), "has no value"),
        ({"short": "a"}, ("short",), "must have at least 2 characters"),
        ({"short": "abcd"}, ("short",), "must have at most 3 characters"),
        ({"few": [1]}, ("few",), "must have at least 2 items"),
        ({"few": [1, 2, 3]}, ("few",), "must have at most 2 items"),
        ({"share": 0.2}, ("share",), "must be at least 0.25"),
        ({"share": 1}, ("share",), "must be less than 1"),
        ({"percent": 0}, ("percent",), "must be more than 0"),
        ({"percent": 101}, ("percent",), "must be at most 100"),
        ({"form": "b"}, ("form",), "must match ^a+$"),
        ({"secret": 1234}, ("secret",), "must be a string: put it in quotes"),
        ({"secret": ["hunter"]}, ("secret",), "must be a string"),
        ({"custom": "custom"}, ("custom",), "Google answers nobody"),
        ({"custom": "x"}, ("custom",), "must be nothing"),
        ([], (), "must be a mapping"),
    ],
)
def test_fault_is_told_in_plain_words(value: Any, path: tuple[str | int, ...], text: str) -> None:
    assert [(fault.path, fault.text) for fault in find_faults(Model, value)] == [(path, text)]


def test_union_tells_of_each_of_its_members() -> None:
    assert find_faults(Model, {"either": 7}) == [
        Fault("string_type", ("either", "str"), "must be a string: put it in quotes"),
        Fault("dict_type", ("either", "dict[str,str]"), "must be a mapping"),
    ]


def test_valid_value_has_no_faults() -> None:
    assert find_faults(Model, {"inner": {"with": {"a": None}}, "either": {"a": "b"}, "secret": "x"}) == []
