import importlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.loader import load_accounts
from config.problems import ConfigProblems, Problem
from vendors.registry import VENDORS

DATA = Path(__file__).parents[2] / "data" / "config"
MALFORMED = sorted((DATA / "malformed").glob("*.yaml"))
FOLDERS = sorted(path for path in (DATA / "folders").iterdir() if path.is_dir())
EXAMPLES = Path(__file__).parents[3] / "config" / "examples"
ENVIRON = {"KEY": "a-key-of-the-account", "EMPTY": "", "OTHER_KEY": "another-key", "SECRET": "hunter two/"}


def read_expected(path: Path, name: str) -> list[str]:
    """Read what each line of a file says of itself: `#! PATH: what is wrong`, as often as there are problems."""
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    return [
        f"{name}:{number}: {problem.strip()}".replace("VENDORS", ", ".join(VENDORS))
        for number, line in enumerate(lines, start=1)
        for problem in line.split("#! ")[1:]
    ]


def problems_of(directory: Path) -> list[str]:
    with pytest.raises(ConfigProblems) as caught:
        load_accounts(directory, ENVIRON)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", MALFORMED, ids=lambda path: path.stem)
def test_malformed_file_has_just_the_problems_that_stand_beside_its_lines(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_bytes(path.read_bytes())
    assert sorted(problems_of(tmp_path)) == sorted(read_expected(path, str(file)))


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_folder_has_just_the_problems_that_stand_beside_its_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    expected = [
        problem for file in sorted(path.glob("*.yaml")) for problem in read_expected(file, f"{path.name}/{file.name}")
    ]
    assert problems_of(Path(path.name)) == expected


def test_problems_come_in_order_of_file_and_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    places = [tuple(problem.split(":", 2)[:2]) for problem in problems_of(Path("malformed"))]
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))
    assert {file for file, _ in places} == {f"malformed/{path.name}" for path in MALFORMED}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "1: (file): is empty"),
        (b'account: "1"\nbots: {}\n# caf\xe9\n', "3: (file): is not UTF-8 text"),
        (b'account: "1"\x00', "1: (file): is not YAML: a character that YAML does not allow"),
        (b"[" * 5000, "1: (file): is nested too deeply"),
        (b'account: "1"\nbots: {}\nskills: ["\\ud800"]\n', "3: skills[0]: must be text that UTF-8 can write"),
        (b'account: "1"\nbots: {"\\ud800": {}}\n', "2: bots: a key must be text that UTF-8 can write"),
    ],
    ids=["empty", "not UTF-8", "NUL", "nested", "half a surrogate pair", "half a surrogate pair in a key"],
)
def test_file_that_no_editor_would_write(data: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_bytes(data)
    assert problems_of(tmp_path) == [f"{file}:{expected}"]


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    assert problems_of(folder) == [
        f"{folder}:1: (folder): the folder of the account files cannot be read: No such file or directory"
    ]


def test_folder_without_account_files(tmp_path: Path) -> None:
    for name in ("account.yml", ".hidden.yaml", "account.yaml.bak", "account.json"):
        (tmp_path / name).write_text("nonsense: [")
    assert problems_of(tmp_path) == [f"{tmp_path}:1: (folder): has no account file (*.yaml)"]


def test_folder_with_the_name_of_an_account_file(tmp_path: Path) -> None:
    (tmp_path / "account.yaml").mkdir()
    assert problems_of(tmp_path) == [f"{tmp_path}/account.yaml:1: (file): is not a file"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accounts")


def find_problems(folder: Path, data: bytes) -> tuple[Problem, ...]:
    """Load one file. Whatever else than accounts or problems comes out of it fails the test."""
    (folder / "account.yaml").write_bytes(data)
    try:
        load_accounts(folder, ENVIRON)
    except ConfigProblems as caught:
        return caught.problems
    return ()


@settings(deadline=None)  # some examples import what reads an odd file, or a vendor's settings
@given(st.binary())
def test_any_bytes_give_problems_and_nothing_else(folder: Path, data: bytes) -> None:
    assert find_problems(folder, data)


@settings(deadline=None)
@given(st.text(st.sampled_from("account:bts \n{}[]-\"'&*!|>%@`?,#<~0.${env:KEY}"), max_size=60))
def test_any_text_gives_problems_and_nothing_else(folder: Path, text: str) -> None:
    assert find_problems(folder, text.encode())


@st.composite
def damaged_examples(draw: st.DrawFn) -> str:
    """Take an example and put some other value in the place of one of its values."""
    lines = draw(st.sampled_from([path.read_text() for path in sorted(EXAMPLES.glob("*.yaml"))])).split("\n")
    number = draw(st.sampled_from([n for n, line in enumerate(lines) if re.match(r"^ *[\w-]+:", line)]))
    value = draw(
        st.sampled_from(
            [
                "",
                "x",
                '{"\\ud800": 1}',
                "''",
                "7",
                "-1",
                ".nan",
                "1e999",
                "true",
                "[]",
                "[[]]",
                "{}",
                "{x: 1}",
                "[{}, 7]",
                '"\\ud800"',
            ]
        )
        | st.text(st.characters(exclude_categories=["C"]), max_size=8).map(lambda text: f"'{text}'")
    )
    lines[number] = re.sub(r":( .*)?$", lambda _: f": {value}", lines[number], count=1)
    return "\n".join(lines)


@settings(deadline=None)
@given(damaged_examples())
def test_damaged_examples_give_problems_at_lines_of_theirs(folder: Path, text: str) -> None:
    for problem in find_problems(folder, text.encode()):
        assert str(problem).isprintable()
        assert 1 <= problem.line <= text.count("\n") + 1


PLAIN = "account: '{}'\nbots: {{b: {{vendor: function, settings: {{callable: '{}:answer'}}}}}}\n"


def write_module(folder: Path, name: str, source: str = "def answer(payload): ...\n") -> None:
    (folder / f"{name}.py").write_text(source)


def test_unchanged_files_keep_their_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    write_module(tmp_path, "kept_callable")
    for number in range(3):
        (tmp_path / f"{number}.yaml").write_text(PLAIN.format(f"{number}-${{env:KEY}}", "kept_callable"))
    first = load_accounts(tmp_path, {"KEY": "a"})
    (tmp_path / "1.yaml").write_text(PLAIN.format("1-b", "kept_callable"))
    (tmp_path / "2.yaml").unlink()
    (tmp_path / "3.yaml").write_text(PLAIN.format("3", "kept_callable"))
    second = load_accounts(tmp_path, {"KEY": "a"}, known=first)
    assert [account.account for account in second.accounts] == ["0-a", "1-b", "3"]
    assert second.accounts[0] is first.accounts[0]
    assert second.accounts[1] is not first.accounts[1]
    third = load_accounts(tmp_path, {"KEY": "c"}, known=second)
    assert [account.account for account in third.accounts] == ["0-c", "1-b", "3"]
    assert third.accounts[1:] == second.accounts[1:]
    assert third.accounts[1] is second.accounts[1]


def test_an_account_that_is_described_again_is_a_problem_of_an_unchanged_file_too(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("account: '1'\nbots: {}\n")
    (tmp_path / "c.yaml").write_text("\naccount: '2'\nbots: {}\n")
    known = load_accounts(tmp_path, {})
    (tmp_path / "b.yaml").write_text("account: '2'\nbots: {}\n")
    with pytest.raises(ConfigProblems) as caught:
        load_accounts(tmp_path, {}, known=known)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{tmp_path}/c.yaml:2: account: is described by {tmp_path}/b.yaml as well"
    ]


def test_what_was_found_wrong_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    hooked = PLAIN.replace("settings", "hooks: {{pre: ['mended_hook:hook']}}, settings").format("1", "mended_callable")
    (tmp_path / "a.yaml").write_text(hooked)
    assert problems_of(tmp_path) == [
        f"{tmp_path}/a.yaml:2: bots.b.hooks.pre[0]: no module named 'mended_hook'",
        f"{tmp_path}/a.yaml:2: bots.b.settings.callable: no module named 'mended_callable'",
    ]
    write_module(tmp_path, "mended_callable")
    write_module(tmp_path, "mended_hook", "def hook(payload, ctx): ...\n")
    importlib.invalidate_caches()
    assert load_accounts(tmp_path, {}).bots == 1


def test_equal_sections_of_all_accounts_are_kept_once(tmp_path: Path) -> None:
    bot = "{vendor: function, settings: {url: 'https://f.test'}}"
    for number in range(2):
        (tmp_path / f"{number}.yaml").write_text(
            f"account: '{number}'\ndefaults: {{retry: {{attempts: 5}}, escalation: {{skill: s}}}}\n"
            f"bots: {{a: {bot}, b: {bot}}}\n"
        )
    bots = [bot for account in load_accounts(tmp_path, {}).accounts for bot in account.bots.values()]
    assert len({id(bot.retry) for bot in bots}) == len({id(bot.escalation) for bot in bots}) == 1
    assert bots[0].retry.attempts == 5
    assert len({id(bot.hooks) for bot in bots}) == 1
