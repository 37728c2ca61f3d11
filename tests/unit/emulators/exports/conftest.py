"""Exports written down as their members, put on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from emulators.exports.reader import read_export

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from emulators.exports.bot import Export


@pytest.fixture
def write_export(tmp_path: Path) -> Callable[[Mapping[str, Any]], Path]:
    """Write an export: a folder of its members, or one JSON file when its only member has no name."""

    def write(members: Mapping[str, Any]) -> Path:
        root = tmp_path / "export"
        for member, value in members.items():
            path = root / (member or "skill.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(value.encode() if isinstance(value, str) else orjson.dumps(value))
        return root / "skill.json" if "" in members else root

    return write


@pytest.fixture
def read_members(write_export: Callable[[Mapping[str, Any]], Path]) -> Callable[[Mapping[str, Any]], Export]:
    """Write an export and read it."""
    return lambda members: read_export(write_export(members))
