"""The error catalogue: every code of docs/contract/errors.md, botbridge's own included.

`botbridge errors`, the documentation and every raised error read this one table.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.contract.codes.connector import CONNECTOR, PIPES
from gateway.contract.codes.entry import OWN_PREFIX, PREFIX, Entry, RaisedBy
from gateway.contract.codes.functions import FAAS, PLATFORM
from gateway.contract.codes.own import OWN
from gateway.contract.codes.tester import TESTER
from gateway.contract.codes.vendors import DIALOGFLOW, LEX, MICROSOFT, WATSON

__all__ = ["CATALOGUE", "OWN_PREFIX", "PREFIX", "Entry", "RaisedBy"]


def _table(*entries: Entry) -> Mapping[str, Entry]:
    return MappingProxyType({entry.code: entry for entry in entries})


CATALOGUE: Final[Mapping[str, Entry]] = _table(
    *DIALOGFLOW, *LEX, *WATSON, *FAAS, *MICROSOFT, *PIPES, *CONNECTOR, *TESTER, *PLATFORM, *OWN
)
"""Code -> entry, in the order of docs/contract/errors.md."""
