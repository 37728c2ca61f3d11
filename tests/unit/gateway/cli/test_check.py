import subprocess
import sys
from pathlib import Path

import pytest

BOT = """\
account: "1"
bots:
  echo: {vendor: function, settings: {callable: "%s:answer"}}
"""
SDKS = ("boto3", "botocore", "awscrt", "google", "ibm_watson", "ibm_cloud_sdk_core", "grpc")


def run_check(folder: Path, config: str, *, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, in `folder`."""
    program = "import typer; from gateway.cli.check import check; typer.run(check)"
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, "--config", config],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[4]), "PYTHONUTF8": "1", **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    folder = tmp_path / "accounts"
    folder.mkdir()
    return folder


def test_all_well(accounts: Path) -> None:
    (accounts / "one.yaml").write_text(BOT % "beside")
    (accounts / "two.yaml").write_text('account: "2"\nbots: {}\n')
    (accounts / "beside.py").write_text("def answer(payload): ...\n")
    done = run_check(accounts.parent, "accounts")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 accounts, 1 bot: no problems\n", "")


def test_module_of_the_current_directory_is_found(accounts: Path) -> None:
    (accounts / "one.yaml").write_text(BOT % "here")
    (accounts.parent / "here.py").write_text("def answer(payload): ...\n")
    done = run_check(accounts.parent, "accounts")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 account, 1 bot: no problems\n", "")


def test_every_problem_is_one_plain_line(accounts: Path) -> None:
    long = "x" * 300
    (accounts / "one.yaml").write_text(f"account: 1\nbots: {{}}\n{long}: [bold]\n")
    (accounts / "two.yaml").write_text("account: ${env:ACCOUNT}\nbots: [a]\n")
    done = run_check(accounts.parent, "accounts", environ={"ACCOUNT": "an account", "FORCE_COLOR": ""})
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.split("\n") == [
        "accounts/one.yaml:1: account: must be a string: put it in quotes",
        f"accounts/one.yaml:3: {long}: unknown key",
        "accounts/two.yaml:1: account: must be 1 to 36 letters, digits and hyphens",
        "accounts/two.yaml:2: bots: must be a mapping",
        "",
    ]


def test_missing_folder(tmp_path: Path) -> None:
    done = run_check(tmp_path, "nowhere")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "nowhere:1: (folder): the folder of the account files cannot be read: No such file or directory\n"
    )


def test_no_sdk_is_imported_to_check_the_examples() -> None:
    root = Path(__file__).parents[4]
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom gateway.cli.check import check\n"
        "from config.loader import load_accounts\nfrom config.problems import ConfigProblems\n"
        "try:\n    load_accounts(Path('config/examples'), {})\nexcept ConfigProblems as found:\n    print(bool(found.problems))\n"
        f"print([name for name in {SDKS!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert done.stdout == "True\n[]\n"
