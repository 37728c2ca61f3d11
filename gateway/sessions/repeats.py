"""A first answer, as it is kept for the repeats of its event.

Kept are answers (escalations too), never errors: after an error the repeat tries again.
"""

from typing import NamedTuple
from zlib import crc32

from gateway.contract.wire import WireError, dumps, loads


class Answer(NamedTuple):
    """A turn's answer as it leaves: the rendered body, and the error that it is an escalation of, if any."""

    body: bytes
    error_name: str | None = None
    error_id: str | None = None
    repeated: bool = False
    """Whether it was kept from an earlier event and not made for this one."""


def write_answer(answer: Answer) -> bytes:
    """Put the two names and the body's checksum on a line of JSON before the body, which stays as it is."""
    checksum = crc32(answer.body)
    if answer.error_name is None and answer.error_id is None:  # nearly always
        return b"[null,null,%d]\n%b" % (checksum, answer.body)
    return dumps([answer.error_name, answer.error_id, checksum]) + b"\n" + answer.body


def read_answer(kept: bytes) -> Answer | None:
    """Read what `write_answer` wrote, as a repeat; None for anything else."""
    head, _, body = kept.partition(b"\n")
    try:
        names = loads(head)
    except WireError:
        return None
    match names:
        # A body that was damaged on its way must not reach a consumer; it is asked for again, and may be whole then.
        case [str() | None as error_name, str() | None as error_id, int() as checksum] if checksum == crc32(body):
            return Answer(body, error_name, error_id, repeated=True)
        case _:
            return None
