"""Lay mappings over each other, and know where each value of the result was written.

A bot lies over the account's defaults, an environment's settings over its bot's. Mappings merge, key by key; of anything
else (lists, strings, numbers) the upper one counts.
"""

from functools import cached_property
from itertools import takewhile
from typing import Any

from config.parsed import Document
from config.problems import KeyPath


class Layers:
    """Places of one document, the uppermost first. Places that do not exist are left out."""

    def __init__(self, document: Document, *roots: KeyPath) -> None:
        self._document = document
        self.roots = tuple(root for root in roots if _exists(document.value, root))
        self._layers = [(root, _find(document.value, root)) for root in self.roots]

    @cached_property
    def merged(self) -> Any:
        """The result. Its parts may be parts of the document, and of other layers: nobody may change them."""
        return _merge([value for _, value in self._layers])

    def place(self, path: KeyPath) -> tuple[KeyPath, KeyPath]:
        """Say where the merged value at `path` was written, as far as it exists, and which rest of `path` does not."""
        layers = self._layers
        for depth, step in enumerate(path):
            below = [((*root, step), value[step]) for root, value in _mergeable(layers) if _has(value, step)]
            if not below:
                return layers[0][0], path[depth:]
            layers = below
        return layers[0][0], ()

    def below(self, *paths: KeyPath) -> "Layers":
        """Lay what stands at `paths` in each layer over each other: all layers at the first path, then at the next."""
        return Layers(self._document, *((*root, *path) for path in paths for root in self.roots))

    def line(self, place: KeyPath) -> int:
        """Give the line of a place in the document."""
        return self._document.line(place)


def _exists(value: Any, path: KeyPath) -> bool:
    for step in path:
        if not _has(value, step):
            return False
        value = value[step]
    return True


def _find(value: Any, path: KeyPath) -> Any:
    for step in path:
        value = value[step]
    return value


def _mergeable(layers: list[tuple[KeyPath, Any]]) -> list[tuple[KeyPath, Any]]:
    """Keep what shows through: mappings down to the first value that is none, or the uppermost value alone."""
    return list(takewhile(lambda layer: isinstance(layer[1], dict), layers)) or layers[:1]


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _merge(values: list[Any]) -> Any:
    mappings = list(takewhile(lambda value: isinstance(value, dict), values))
    if len(mappings) < 2:
        return values[0] if values else {}
    keys = dict.fromkeys(key for mapping in mappings for key in mapping)
    return {key: _merge([mapping[key] for mapping in mappings if key in mapping]) for key in keys}
