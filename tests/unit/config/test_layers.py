from pathlib import Path
from typing import Any

import orjson
import pytest

from config.document import read_document
from config.layers import Layers
from config.parsed import Document
from config.problems import KeyPath, Report
from config.secrets import Secrets

CASES = orjson.loads((Path(__file__).parents[2] / "data" / "config" / "layers.json").read_bytes())
BOT_OVER_DEFAULTS = b"""\
defaults:
  retry: {attempts: 5}
  hooks:
    pre: [a, b]
  settings:
    region: us-east-1
bot:
  retry:
    initial: 1
  hooks: {pre: [c]}
  breaker: 7
"""


def make_document(data: bytes) -> Document:
    report = Report("account.yaml")
    document = read_document(data, secrets=Secrets(Path(), {}), report=report)
    assert document is not None
    assert report.problems == ()
    return document


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_merged(case: dict[str, Any]) -> None:
    document = make_document(orjson.dumps({str(number): layer for number, layer in enumerate(case["layers"])}))
    assert Layers(document, *((key,) for key in document.value)).merged == case["merged"]


@pytest.mark.parametrize(
    ("path", "place", "rest", "line"),
    [
        ((), ("bot",), (), 7),
        (("retry",), ("bot", "retry"), (), 8),
        (("retry", "initial"), ("bot", "retry", "initial"), (), 9),
        (("retry", "attempts"), ("defaults", "retry", "attempts"), (), 2),
        (("retry", "maximum"), ("bot", "retry"), ("maximum",), 8),
        (("hooks", "pre", 0), ("bot", "hooks", "pre", 0), (), 10),
        (("hooks", "pre", 1), ("bot", "hooks", "pre"), (1,), 10),
        (("settings", "bot_id", "str"), ("defaults", "settings"), ("bot_id", "str"), 5),
        (("breaker", "window"), ("bot", "breaker"), ("window",), 11),
        (("nowhere",), ("bot",), ("nowhere",), 7),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_place_of_a_merged_value(path: KeyPath, place: KeyPath, rest: KeyPath, line: int) -> None:
    layers = Layers(make_document(BOT_OVER_DEFAULTS), ("bot",), ("defaults",))
    assert layers.place(path) == (place, rest)
    assert layers.line(place) == line


def test_below_takes_every_layer_at_one_path_before_the_next_path() -> None:
    document = make_document(b"bot: {x: {k: 1}, y: {k: 2, l: 3}}\ndefaults: {x: {k: 4, m: 5}}\n")
    below = Layers(document, ("bot",), ("defaults",)).below(("x",), ("y",))
    assert below.roots == (("bot", "x"), ("defaults", "x"), ("bot", "y"))
    assert below.merged == {"k": 1, "m": 5, "l": 3}
