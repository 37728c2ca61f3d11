"""One bot, ready for turns: what the composition root makes of an account file."""

from dataclasses import dataclass, field
from urllib.parse import quote

from gateway.contract.ports import Vendor
from gateway.contract.reply import ReplyRules
from gateway.contract.types import AccountId, BotName, ConversationId, ReadingContext
from gateway.resilience.breaker import Breaker
from gateway.resilience.limiter import Limiter
from gateway.resilience.retry import RetryPolicy
from gateway.status import BotStatus
from gateway.telemetry.tally import Tally
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
    metrics: Tally
    status: BotStatus
    environment: str | None = None
    """The Custom Endpoint's name of this variant of the bot; None for the bot itself."""
    prefix: str = field(init=False)
    """Of this bot's keys in the store: no other bot's, and no other environment's, begins alike."""

    def __post_init__(self) -> None:
        """Derive the prefix. A bot's name holds neither a slash nor an at sign; an environment's may hold anything."""
        variant = "" if self.environment is None else f"@{quote(self.environment, safe='', errors='surrogatepass')}"
        object.__setattr__(self, "prefix", f"{self.account}/{self.name}{variant}/")

    def name_conversation(self, conversation_id: ConversationId) -> str:
        """Make the name under which one of the bot's conversations is kept."""
        return f"conversation/{self.prefix}{conversation_id}"
