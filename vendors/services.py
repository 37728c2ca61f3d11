"""What every vendor's client is given: the process's one HTTP session, its sandbox and its clock."""

from dataclasses import dataclass

import aiohttp

from gateway.contract.callables import Sandbox
from gateway.contract.ports import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by all bots of a process; made by the composition root."""

    http: aiohttp.ClientSession
    sandbox: Sandbox
    clock: Clock
