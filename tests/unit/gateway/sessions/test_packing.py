"""gateway/sessions/packing.py: the same bytes as redis-py writes, whatever the kind of connection."""

from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.sessions.packing import pack_with_hiredis

COMMANDS: list[tuple[Any, ...]] = [
    ("PING",),
    ("SCRIPT LOAD", "return 1"),
    ("EVALSHA", "ab12", 2, "key", "clé", b"\x00\xff\r\n", "", 12, -3, 1.5),
    ("SET", "k", b"x" * 100_000, "PX", 5000),
]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "rediss://127.0.0.1:1/0", "unix:///nowhere"])
def test_what_is_written_is_what_redis_py_would_write(url: str) -> None:
    theirs, ours = Redis.from_url(url), Redis.from_url(url)
    kind = theirs.connection_pool.connection_class
    pack_with_hiredis(ours)
    assert issubclass(ours.connection_pool.connection_class, kind)
    pools: list[Any] = [ours.connection_pool, theirs.connection_pool]
    written, expected = (pool.make_connection() for pool in pools)
    for command in COMMANDS:
        assert b"".join(written.pack_command(*command)) == b"".join(expected.pack_command(*command))
    assert b"".join(written.pack_commands(COMMANDS)) == b"".join(expected.pack_commands(COMMANDS))
