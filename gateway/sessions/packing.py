"""Commands for Redis, written by hiredis.

redis-py's asynchronous connections read answers with hiredis, and yet write commands argument by argument in Python, where its
other connections leave that to hiredis too. Written so, a turn's two script calls cost a third.
"""

from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis
from redis.connection import HiredisRespSerializer

_serializer = HiredisRespSerializer()


class Packing:
    """Stands before one of redis-py's connection classes."""

    def pack_command(self, *arguments: Any) -> list[bytes]:
        """Write a command as the wire has it."""
        packed: list[bytes] = _serializer.pack(*arguments)
        return packed

    def pack_commands(self, commands: Iterable[Iterable[Any]]) -> list[bytes]:
        """Write commands in one piece."""
        return [b"".join([piece for command in commands for piece in _serializer.pack(*command)])]


def pack_with_hiredis(client: Redis) -> None:
    """Have all connections of a client, which has none yet, write so."""
    pool = client.connection_pool
    pool.connection_class = type("Connection", (Packing, pool.connection_class), {})
