"""Tell the log, the metrics and the bot's status of each turn."""

from typing import Any

from gateway.contract.errors import TurnFailed, VendorFailure
from gateway.telemetry.logging import TurnLog, describe_exception
from gateway.telemetry.metrics import Metrics
from gateway.turn import Turn


class TurnReporter:
    """An observer of the pipeline: one log line and one set of samples per turn."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._log = TurnLog()

    def __call__(self, turn: Turn) -> None:
        """Report a turn that has ended."""
        bot = turn.bot
        is_open = bot.breaker is not None and bot.breaker.is_open
        bot.status.note(turn.outcome, reply=turn.reply, error=turn.error, is_new=turn.is_new, is_open=is_open)
        fields: dict[str, Any] = {
            "account": bot.account,
            "bot": bot.name,
            "vendor": bot.vendor_name,
            "conversation": turn.event.conversation_id,
            "kind": turn.event.kind.value,
            "outcome": turn.outcome,
            "attempts": turn.attempts,
            # To two places; `round` writes and reads digits for each.
            "ms": {step: int(seconds * 100_000 + 0.5) / 100 for step, seconds in turn.steps.items()},
        }
        if bot.environment is not None:
            fields["environment"] = bot.environment
        error = turn.error
        if error is not None:
            self._metrics.failures.labels(bot.account, bot.name, bot.vendor_name, error.code).inc()
            fields |= {"code": error.code, "error_id": error.error_id, "error": error.message}
            if isinstance(error, VendorFailure):
                fields["failure"] = error.kind.label
            if error.__cause__ is not None:
                fields["cause"] = describe_exception(error.__cause__)
            if turn.fault is not None:
                fields["fault"] = describe_exception(turn.fault)
        if turn.reply is not None and turn.reply.warnings:
            fields["warnings"] = turn.reply.warnings
        if isinstance(error, TurnFailed):
            self._log.warning(fields)
        else:
            self._log.info(fields)
