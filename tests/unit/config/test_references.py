from pathlib import Path

import pytest

from config.document import read_document
from config.layers import Layers
from config.problems import Report
from config.references import References
from config.secrets import Secrets

BOT = """\
bot:
  escalation: {skill: human_skill}
  hooks:
    pre: [%s]
"""


def check(bot: str, skills: object) -> list[str]:
    report = Report("a.yaml")
    document = read_document(bot.encode(), secrets=Secrets(Path(), {}), report=report)
    assert document is not None
    References().check(Layers(document, ("bot",)), skills, report)
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize("skills", [None, ["billing", "human_skill"], "human_skill", {}])
def test_escalation_to_a_skill_of_the_account_or_of_an_account_that_lists_none(skills: object) -> None:
    assert check(BOT % "", skills) == []


def test_escalation_to_another_skill() -> None:
    assert check(BOT % "", ["billing", 7]) == ["a.yaml:2: bot.escalation.skill: is not one of the account's skills"]


@pytest.mark.parametrize("hook", ["operator:add", '{use: "operator:add"}', '{use: "os.path:join", with: {a: 1}}'])
def test_hook_that_can_be_imported(hook: str) -> None:
    assert check(BOT % hook, None) == []


def test_module_that_ends_the_process_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "leaving_hook.py").write_text("raise SystemExit(0)\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert check(BOT % "leaving_hook:hook", None) == [
        "a.yaml:4: bot.hooks.pre[0]: module 'leaving_hook' cannot be imported: SystemExit"
    ]


@pytest.mark.parametrize(
    "bot", ["bot: {hooks: 7}", "bot: {hooks: {pre: x}}", "bot: {hooks: {pre: [7, [], {}, {use: 7}]}}"]
)
def test_hooks_of_another_shape_are_passed_over(bot: str) -> None:
    assert check(bot, None) == []
