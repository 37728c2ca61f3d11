"""One bot, ready for turns: what the composition root makes of an account file."""

from dataclasses import dataclass, field

from gateway.contract.ports import Vendor
from gateway.contract.reply import ReplyRules
from gateway.contract.types import AccountId, BotName, ReadingContext
from gateway.resilience.breaker import Breaker
from gateway.resilience.limiter import Limiter
from gateway.resilience.retry import RetryPolicy
from gateway.status import BotStatus
from gateway.telemetry.metrics import BotMetrics
from hooks.runner import HookRunner


@dataclass(frozen=True, slots=True)
class Escalation:
    """Where a failed turn goes: a skill, and what the consumer reads meanwhile."""

    skill: str
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A bot of an account, with everything that its turns need."""

    account: AccountId
    name: BotName
    vendor_name: str
    """As the account file names it: `lex-v2` and so on."""
    vendor: Vendor
    hooks: HookRunner
    retry: RetryPolicy
    attempt_timeout: float
    total_timeout: float
    limiter: Limiter
    breaker: Breaker | None
    escalation: Escalation | None
    rules: ReplyRules
    reading: ReadingContext
    metrics: BotMetrics
    status: BotStatus
    prefix: str = field(init=False)
    """Of this bot's keys in the store; neither name can hold a slash."""

    def __post_init__(self) -> None:
        """Derive the prefix."""
        object.__setattr__(self, "prefix", f"{self.account}/{self.name}/")
