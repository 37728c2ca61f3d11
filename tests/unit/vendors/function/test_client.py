from gateway.contract.types import HookKeys
from tests.unit.vendors.function.conftest import MakeBot
from vendors.function.errors import INVOKE_LAMBDA
from vendors.function.in_process import InProcessFunction
from vendors.function.remote import RemoteFunction


def describe(bot: object) -> tuple[object, ...]:
    assert isinstance(bot, InProcessFunction | RemoteFunction)
    return type(bot), bot.keys, bot.send_code


async def test_settings_choose_the_kind(make_bot: MakeBot) -> None:
    names = HookKeys("Custom Integration", "faasPayload", "faas")
    assert describe(make_bot(callable="tests.unit.vendors.function.bots:echo")) == (
        InProcessFunction,
        names,
        INVOKE_LAMBDA,
    )
    assert describe(make_bot(url="https://bot.example.org")) == (RemoteFunction, names, INVOKE_LAMBDA)
