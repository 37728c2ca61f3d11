from pathlib import Path

import pytest

from config.problems import ConfigProblems
from load.users.targets import Application, Target, Targets, load_targets

NO_TOKENS = "10: accounts[1]: a bot's door is 'endpoint', and the account has no endpoint section to get tokens with"
FILE = """\
accounts:
  - account: "83482904"
    key: "${env:KEY}"
    endpoint:
      token_url: https://sentinel.example/token
      client_id: c0ffee
      client_secret: "${file:secret}"
    bots:
      - {name: concierge, vendor: lex-v2, doors: [events, endpoint], environment: production, weight: 3}
  - account: "5"
    bots:
      - {name: billing, channel: chat}
baseline: http://127.0.0.1:9/bot
"""


def test_every_bot_is_a_target_at_each_of_its_doors(tmp_path: Path) -> None:
    (tmp_path / "targets.yaml").write_text(FILE)
    (tmp_path / "secret").write_text("hush\n")
    application = Application(token_url="https://sentinel.example/token", client_id="c0ffee", client_secret="hush")
    concierge = {"account": "83482904", "bot": "concierge", "vendor": "lex-v2", "channel": "messaging", "weight": 1.5}
    targets = load_targets(tmp_path / "targets.yaml", {"KEY": "k"})
    assert targets == Targets(
        (
            Target(**concierge, door="events", environment="production", key="k"),  # type: ignore[arg-type] # a plain dict
            Target(**concierge, door="endpoint", environment="production", key="k", application=application),  # type: ignore[arg-type] # as above
            Target(account="5", bot="billing", vendor="billing", door="events", channel="chat", weight=1.0),
        ),
        "http://127.0.0.1:9/bot",
    )
    assert "hush" not in repr(targets)
    assert "'k'" not in repr(targets)


def test_one_account_can_be_named_in_the_environment() -> None:
    environ = {"BOTBRIDGE_LOAD_ACCOUNT": "5", "BOTBRIDGE_LOAD_BOTS": "a, b,", "BOTBRIDGE_LOAD_KEY": "k"}
    assert load_targets(None, environ) == Targets(
        tuple(
            Target(account="5", bot=bot, vendor=bot, door="events", channel="messaging", weight=1.0, key="k")
            for bot in ("a", "b")
        )
    )


@pytest.mark.parametrize(
    "environ", [{}, {"BOTBRIDGE_LOAD_ACCOUNT": "5"}, {"BOTBRIDGE_LOAD_ACCOUNT": "5", "BOTBRIDGE_LOAD_BOTS": " ,"}]
)
def test_without_file_and_environment_it_is_told_what_is_missing(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load_targets(None, environ)
    assert str(caught.value) == (
        "environment:1: (targets): there is no file (--targets), and BOTBRIDGE_LOAD_ACCOUNT and BOTBRIDGE_LOAD_BOTS "
        "do not name an account and its bots"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("${env:KEY}", "${env:OTHER}", "3: accounts[0].key: the environment has no OTHER"),
        ("name: billing", "nam: billing", "12: accounts[1].bots[0].name: is required"),
        ("[events, endpoint]", "[door]", "9: accounts[0].bots[0].doors[0]: must be 'events' or 'endpoint'"),
        ("channel: chat", "doors: [endpoint]", NO_TOKENS),
        ("http://127.0.0.1:9/bot", "localhost", "13: baseline: must match ^https?://[^/]"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    file = tmp_path / "targets.yaml"
    file.write_text(FILE.replace(old, new))
    (tmp_path / "secret").write_text("hush")
    with pytest.raises(ConfigProblems) as caught:
        load_targets(file, {"KEY": "k"})
    assert f"{file}:{problem}" in str(caught.value).splitlines()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match="cannot be read: No such file or directory"):
        load_targets(tmp_path / "none.yaml", {})
