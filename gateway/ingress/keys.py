"""Keys of the aiohttp application under which the composition root leaves what the front doors need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.bot import Bot
from gateway.contract.types import AccountId, BotName
from gateway.ingress.auth import ApiKeys
from gateway.ingress.signatures import Signatures
from gateway.pipeline import Pipeline
from gateway.resilience.limiter import Gate
from gateway.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """An account as the front doors see it. `is_open` means no `auth` section: loopback callers only."""

    bots: Mapping[BotName, Bot]
    is_open: bool


@dataclass(slots=True)
class Served:
    """All that is served now; a reload replaces its members at once."""

    accounts: Mapping[AccountId, ServedAccount]
    api_keys: ApiKeys
    signatures: Signatures


SERVED: Final = web.AppKey("served", Served)
PIPELINE: Final = web.AppKey("pipeline", Pipeline)
GATE: Final = web.AppKey("gate", Gate)
METRICS: Final = web.AppKey("metrics", Metrics)
