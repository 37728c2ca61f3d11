"""Check every answer: status, shape by the contract, the error it stands for. What is wrong gets a short name, never a quotation.

The shapes (load/users/schemas) are written from the contract's pages and not taken from the gateway, which would only agree
with itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

import jsonschema_rs

from gateway.contract.catalogue import CATALOGUE
from gateway.contract.wire import WireError, loads
from load.users.doors import Json
from load.users.targets import DoorName

SCHEMAS: Final = Path(__file__).with_name("schemas")
Shapes: TypeAlias = Mapping[str, jsonschema_rs.Validator]
TRANSFER: Final = {
    "events": re.compile(rb'"action"\s*:\s*"TRANSFER"'),
    "endpoint": re.compile(rb'"name"\s*:\s*"TRANSFER"'),
}
"""How an answer that hands over looks at each door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one request."""

    answer: Json | None = None
    """The whole answer when it is a good one, an escalation included."""
    code: str | None = None
    """The name of what went wrong; with an answer, of the error that it is an escalation of."""
    is_unanswered: bool = False
    """Whether no answer came at all."""

    @property
    def is_escalation(self) -> bool:
        """Say whether the answer is a transfer because of an error."""
        return self.answer is not None and self.code is not None


def load_shapes() -> Shapes:
    """Read the schemas: `events` and `endpoint` of answers, `error` of error bodies. Blocks: a file each."""
    return {
        path.stem: jsonschema_rs.validator_for(loads(path.read_bytes()), validate_formats=True)
        for path in sorted(SCHEMAS.glob("*.json"))
    }


def check_answer(shapes: Shapes, door: DoorName, status: int, headers: Mapping[str, str], body: bytes) -> Checked:
    """Check an answer to an event; `headers` has lower-case names."""
    try:
        value = loads(body)
    except WireError:
        return Checked(code=f"shape: HTTP {status} without a JSON body")
    if status != 200:
        return Checked(code=_name_error(shapes, status, value))
    if (problem := find_problem(shapes[door], value)) is not None:
        return Checked(code=problem)
    if (name := headers.get("x-error-name")) is None:
        return Checked(answer=value)
    return _check_escalation(name, headers, door, body, value)


def _check_escalation(name: str, headers: Mapping[str, str], door: DoorName, body: bytes, value: Json) -> Checked:
    """Demand that an error is answered by handing over, under a code of the catalogue and with an id."""
    if name not in CATALOGUE:
        return Checked(code="shape: X-Error-Name is no code of the catalogue")
    if not _is_uuid(headers.get("x-error-id", "")):
        return Checked(code="shape: X-Error-Id is no UUID")
    if TRANSFER[door].search(body) is None:
        return Checked(code="shape: X-Error-Name without a transfer")
    return Checked(answer=value, code=name)


def find_problem(shape: jsonschema_rs.Validator, value: object) -> str | None:
    """Name the first place where a value leaves a shape, and the rule that it breaks; None when it does not."""
    error = next(iter(shape.iter_errors(value)), None)
    if error is None:
        return None
    place = "/".join(str(step) for step in error.instance_path) or "(all)"
    return f"shape: {place}: {error.schema_path[-1]}"


def _name_error(shapes: Shapes, status: int, value: object) -> str:
    """Name an error by its code; one that is none of the catalogue, or has another's status, is named for that."""
    if find_problem(shapes["error"], value) is not None or not isinstance(value, dict):
        return f"shape: HTTP {status} without an error body"
    name: str = value["error"]["name"]
    if name not in CATALOGUE:
        return f"shape: HTTP {status} with no code of the catalogue"
    return name


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
