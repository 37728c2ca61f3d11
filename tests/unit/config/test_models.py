from pathlib import Path

from config.loader import load_accounts
from config.models import Account, Bot
from config.sections import (
    Auth,
    Breaker,
    CustomEndpoint,
    Escalation,
    Features,
    Hooks,
    HookSpec,
    Limits,
    Retry,
    Timeouts,
)
from gateway.contract.types import AccountId, BotName, Channel, StructuredContentMode
from vendors.function.settings import FunctionSettings
from vendors.lex.settings import LexV2Settings

WHOLE = Path(__file__).parents[2] / "data" / "config" / "whole"
MESSAGE = "One moment, I will get a colleague."


def make_settings(**keys: str) -> LexV2Settings:
    return LexV2Settings.model_validate({"locale_id": "en_US", **keys})


def make_hook(use: str, **options: object) -> HookSpec:
    return HookSpec.model_validate({"use": use, "with": options})


def test_account_is_whole_with_defaults_and_secrets_in_their_places() -> None:
    loaded = load_accounts(WHOLE, {"KEY": "first-key"})
    settings = make_settings(region="eu-west-1", bot_id="A1", bot_alias_id="T1")
    assert loaded.bots == 3
    assert loaded.accounts[0] == Account(
        file=str(WHOLE / "account.yaml"),
        account=AccountId("83482904"),
        auth=Auth.model_validate({"api_keys": ["first-key", "second-key"]}),
        skills=frozenset({"human_skill", "billing"}),
        image_hosts=frozenset({"img.example.com"}),
        limits=Limits(in_flight=50, per_second=200),
        bots={
            BotName("concierge"): Bot(
                name=BotName("concierge"),
                vendor="lex-v2",
                channel=Channel.CHAT,
                settings=settings,
                hooks=Hooks(
                    pre=[make_hook("operator:sub", kinds=["card", None], token="first-key!")],
                    error=[make_hook("operator:add")],
                    timeout=1.5,
                ),
                retry=Retry(attempts=5, initial=1, maximum=4),
                timeouts=Timeouts(attempt=4, total=9.5),
                breaker=Breaker(failures=2, window=30, open_for=15),
                limits=Limits(in_flight=500, per_second=0.5),
                escalation=Escalation(skill="billing", message=MESSAGE),
                structured_content=StructuredContentMode.STRICT,
                environments={
                    "draft": settings.model_copy(update={"bot_alias_id": "TSTALIASID"}),
                    "production": settings.model_copy(update={"bot_alias_id": "PROD1", "region": "eu-central-1"}),
                },
            ),
            BotName("7"): Bot(
                name=BotName("7"),
                vendor="lex-v2",
                channel=Channel.MESSAGING,
                settings=make_settings(region="us-east-1", bot_id="A2", bot_alias_id="T2"),
                hooks=Hooks(pre=[make_hook("operator:add")], timeout=1.5),
                retry=Retry(attempts=5, initial=0.2, maximum=2.0),
                timeouts=Timeouts(attempt=10, total=25),
                breaker=None,
                limits=Limits(in_flight=500, per_second=200),
                escalation=Escalation(skill="human_skill", message=MESSAGE),
                structured_content=StructuredContentMode.OFF,
                environments={"draft": make_settings(region="us-east-1", bot_id="A2", bot_alias_id="T2")},
            ),
        },
        features=Features(encoded_metadata=True, custom_ttr=True),
        custom_endpoint=CustomEndpoint(jwks_url="http://127.0.0.1:9/keys", issuer="Sentinel", client_id="c0ffee"),
    )


def test_account_that_says_the_least_has_no_auth_no_limits_and_no_breaker() -> None:
    settings = FunctionSettings(callable="operator:neg")
    assert load_accounts(WHOLE, {"KEY": "first-key"}).accounts[1] == Account(
        file=str(WHOLE / "small.yaml"),
        account=AccountId("small"),
        auth=None,
        skills=None,
        image_hosts=None,
        limits=None,
        bots={
            BotName("echo"): Bot(
                name=BotName("echo"),
                vendor="function",
                channel=Channel.MESSAGING,
                settings=settings,
                hooks=Hooks(pre=[], post=[], error=[], timeout=2),
                retry=Retry(attempts=3, initial=0.2, maximum=2.0),
                timeouts=Timeouts(attempt=10, total=25),
                breaker=None,
                limits=None,
                escalation=None,
                structured_content=StructuredContentMode.WARN,
                environments={"draft": settings},
            )
        },
        features=Features(encoded_metadata=True, custom_ttr=False),
        custom_endpoint=None,
    )


def test_no_secret_shows_when_an_account_is_printed() -> None:
    assert "first-key'" not in repr(load_accounts(WHOLE, {"KEY": "first-key"}).accounts[0].auth)
