"""Read the hand-made documents of tests/data/structured_content: whole ones, and ones with a single mistake put in.

A value may stand for a longer one: `{"$repeat": [TEXT or ARRAY, times]}`, `{"$nest": [CONTAINER, levels]}`. A mistake is a whole
document (`of`) with values put at paths, or one member dropped.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

DATA = Path(__file__).parent / "data" / "structured_content"
_STEP = re.compile(r"([A-Za-z-]+)|\[(\d+)\]")


def read(name: str) -> Any:
    return expand(orjson.loads((DATA / name).read_bytes()))


def expand(value: Any) -> Any:
    match value:
        case {"$repeat": [what, times]}:
            return expand(what) * times
        case {"$nest": [container, levels]}:
            nested: Any = container
            for _ in range(levels - 1):
                nested = {**container, "elements": [nested]}
            return nested
        case dict():
            return {key: expand(member) for key, member in value.items()}
        case list():
            return [expand(entry) for entry in value]
        case _:
            return value


def build(mistake: dict[str, Any], documents: Iterable[dict[str, Any]]) -> Any:
    """Build the document of a mistake."""
    if "content" in mistake:
        return mistake["content"]
    document = copy(next(case["content"] for case in documents if case["id"] == mistake["of"]))
    for path, value in mistake.get("put", {}).items():
        *parents, last = steps(path)
        find(document, parents)[last] = value
    if "drop" in mistake:
        *parents, last = steps(mistake["drop"])
        del find(document, parents)[last]
    return document


def steps(path: str) -> list[str | int]:
    return [name or int(index) for name, index in _STEP.findall(path)]


def find(document: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def copy(document: Any) -> Any:
    """Copy in depth, and take apart what a repetition shares."""
    return orjson.loads(orjson.dumps(document))
