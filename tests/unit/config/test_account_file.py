from pathlib import Path

import pytest

from config.account_file import check_account
from config.document import read_document
from config.loader import load_accounts
from config.models import Account
from config.problems import Report
from config.secrets import Secrets

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"
ENVIRON = {
    "LEX_ACCOUNT_KEY": "lex-key",
    "DIALOGFLOW_ACCOUNT_KEY": "dialogflow-key",
    "DIALOGFLOW_CX_ACCOUNT_KEY": "dialogflow-cx-key",
    "WATSON_ACCOUNT_KEY": "watson-key",
    "WATSON_V1_ACCOUNT_KEY": "watson-v1-key",
    "FUNCTION_ACCOUNT_KEY": "function-key",
    "BOTBRIDGE_AWS_KEY_ID": "AKID",
    "BOTBRIDGE_AWS_SECRET": "aws-secret",
    "WATSON_APIKEY": "watson-apikey",
    "BOT_KEY": "bot-key",
    "FUNCTIONS_CLIENT": "functions-client",
    "FUNCTIONS_SECRET": "functions-secret",
}


def check(text: str) -> tuple[Account | None, list[str]]:
    report = Report("a.yaml")
    document = read_document(text.encode(), secrets=Secrets(Path(), {}), report=report)
    assert document is not None
    return check_account(document, report), [str(problem) for problem in report.problems]


def test_examples_load_together_one_account_each() -> None:
    loaded = load_accounts(EXAMPLES, ENVIRON)
    assert [(Path(account.file).name, account.account, list(account.bots)) for account in loaded.accounts] == [
        ("dialogflow-cx.yaml", "10000007", ["concierge", "rehearsal"]),
        ("dialogflow-es.yaml", "10000002", ["concierge", "rehearsal"]),
        ("function.yaml", "10000004", ["concierge", "cook"]),
        ("lex-v2.yaml", "10000001", ["concierge"]),
        ("watson-v1.yaml", "10000006", ["concierge"]),
        ("watson-v2.yaml", "10000003", ["concierge"]),
    ]


def test_problem_of_reading_the_file_keeps_its_account_back() -> None:
    assert check('account: "1"\nbots: {}\nbots: {}\n') == (None, ["a.yaml:3: bots: is given twice, first on line 2"])


@pytest.mark.parametrize("environments", ["", "environments: {}"], ids=["absent", "empty"])
def test_bot_without_environments_has_a_draft(environments: str) -> None:
    account, problems = check(f"""\
account: "1"
bots:
  echo:
    vendor: function
    settings: {{callable: "operator:neg"}}
    {environments}
""")
    assert account is not None
    assert problems == []
    (bot,) = account.bots.values()
    assert bot.environments == {"draft": bot.settings}


def test_environments_of_the_defaults_lie_over_the_settings_of_the_bot() -> None:
    account, problems = check("""\
account: "1"
defaults:
  vendor: watson-v2
  settings: {url: https://watson.example.org, apikey: k}
  environments:
    production: {settings: {environment_id: default-live, version: "2024-08-25"}}
bots:
  echo:
    settings: {assistant_id: a, environment_id: own}
    environments:
      production: {settings: {environment_id: own-live}}
      draft: {settings: {}}
""")
    assert account is not None
    assert problems == []
    (bot,) = account.bots.values()
    found = {
        name: settings.model_dump(include={"environment_id", "version"}) for name, settings in bot.environments.items()
    }
    assert found == {
        "production": {"environment_id": "own-live", "version": "2024-08-25"},
        "draft": {"environment_id": "own", "version": "2021-11-27"},
    }
