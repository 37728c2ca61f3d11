"""hooks/quick.py: what is marked is called on the loop, and the built-in hooks are marked."""

import threading

from gateway.contract.callables import Sandbox
from hooks.escalate import after_fallbacks
from hooks.quick import quick
from hooks.redact import redact


async def test_a_marked_hook_is_called_at_once() -> None:
    @quick
    def where(_payload: object, _ctx: object) -> threading.Thread:
        return threading.current_thread()

    sandbox = Sandbox()
    assert await sandbox.call(where, {}, None, timeout=5) is threading.current_thread()
    assert await sandbox.call(lambda: threading.current_thread(), timeout=5) is not threading.current_thread()  # noqa: PLW0108
    await sandbox.close()


def test_the_built_in_hooks_only_compute_and_say_so() -> None:
    assert all(getattr(hook, "__botbridge_quick__", False) for hook in (redact, after_fallbacks))
