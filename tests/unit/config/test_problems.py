import pytest

from config.problems import ConfigProblems, KeyPath, Problem, Report, render_path, suggest


@pytest.mark.parametrize(
    ("path", "rendered"),
    [
        ((), "(file)"),
        (("account",), "account"),
        (("bots", "concierge", "settings", "region"), "bots.concierge.settings.region"),
        (("hooks", "pre", 0, "use"), "hooks.pre[0].use"),
        (("bots", "front-desk", "<<"), "bots.front-desk.<<"),
        (("bots", "a.b", "c d", ""), "bots['a.b']['c d']['']"),
        (("bots", "a\nb", "é"), "bots['a\\nb']['\\xe9']"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_path(path: KeyPath, rendered: str) -> None:
    assert render_path(path) == rendered


def test_problem_is_one_line_whatever_it_quotes() -> None:
    assert (
        str(Problem("a\nb.yaml", 3, "bots", "found '\x07' and \u2028"))
        == "a\\nb.yaml:3: bots: found '\\x07' and \\u2028"
    )


def test_problems_are_told_in_order_of_file_and_line() -> None:
    problems = [Problem("b", 1, "x", "t"), Problem("a", 10, "x", "t"), Problem("a", 9, "x", "t")]
    found = ConfigProblems(problems)
    assert found.problems == (problems[2], problems[1], problems[0])
    assert str(found) == "a:9: x: t\na:10: x: t\nb:1: x: t"


def test_report_keeps_the_first_problem_of_a_place() -> None:
    report = Report("a.yaml")
    report.add_beside(1, ("bots",), "is given twice")
    report.add(1, ("bots",), "must be a mapping")
    report.add(1, ("bots",), "has no value")
    assert report.problems == (
        Problem("a.yaml", 1, "bots", "is given twice"),
        Problem("a.yaml", 1, "bots", "must be a mapping"),
    )
    assert ("bots",) in report
    assert ("bots", "a") not in report


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("bot_ids", "; did you mean bot_id?"),
        ("BOT-ID", "; did you mean bot_id?"),
        ("lexv2", "; did you mean lex-v2?"),
        ("region", ""),
        ("", ""),
    ],
)
def test_nearest_known_name(wrong: str, words: str) -> None:
    assert suggest(wrong, ["bot_id", "bot_alias_id", "lex-v2"]) == words
