"""Read a folder of account files: every account, or every problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.account_file import check_account
from config.document import Document, read_document
from config.files import Unreadable, read_file
from config.models import Account
from config.problems import ConfigProblems, Problem, Report
from config.secrets import Secrets


@dataclass(frozen=True, slots=True)
class LoadedAccounts:
    """Everything that one gateway serves."""

    accounts: tuple[Account, ...]
    """In order of file name; no two are the same account."""

    @property
    def bots(self) -> int:
        """Count the bots of all accounts."""
        return sum(len(account.bots) for account in self.accounts)


@dataclass(frozen=True, slots=True)
class _File:
    """One account file on its way."""

    report: Report
    secrets: Secrets
    document: Document | None
    account: Account | None

    def problems(self) -> list[Problem]:
        return [
            Problem(problem.file, problem.line, problem.path, self.secrets.hide(problem.text))
            for problem in self.report.problems
        ]


def load_accounts(directory: Path, environ: Mapping[str, str]) -> LoadedAccounts:
    """Read and check `directory/*.yaml`, in which `${env:NAME}` refers to `environ`.

    Hooks and callables are imported, so what they import must be importable (config.importing). Blocks: not for the event
    loop. Raise ConfigProblems with all that is wrong in all files.
    """
    files = [_load_file(path, environ) for path in find_files(directory)]
    _compare(files)
    if problems := [problem for file in files for problem in file.problems()]:
        raise ConfigProblems(problems)
    return LoadedAccounts(tuple(file.account for file in files if file.account is not None))


def find_files(directory: Path) -> list[Path]:
    """Give the account files of a folder, sorted. Raise ConfigProblems when there is none, or no such folder."""
    try:
        # Path.glob would take a folder that cannot be read for an empty one.
        found = sorted(path for path in directory.iterdir() if path.suffix == ".yaml" and not path.name.startswith("."))
    except OSError as error:
        text = f"the folder of the account files cannot be read: {error.strerror}"
        raise ConfigProblems([Problem(str(directory), 1, "(folder)", text)]) from None
    if not found:
        raise ConfigProblems([Problem(str(directory), 1, "(folder)", "has no account file (*.yaml)")])
    return found


def _load_file(path: Path, environ: Mapping[str, str]) -> _File:
    report, secrets = Report(str(path)), Secrets(path.parent, environ)
    document = account = None
    try:
        data = read_file(path)
    except Unreadable as error:
        report.add(1, (), str(error))
    else:
        document = read_document(data, secrets=secrets, report=report)
        if document is not None:
            account = check_account(document, report)
    return _File(report, secrets, document, account)


def _compare(files: list[_File]) -> None:
    """Report accounts that have two files."""
    accounts: dict[str, str] = {}
    for file in files:
        account = None if file.document is None else file.document.value.get("account")
        if file.document is None or not isinstance(account, str) or ("account",) in file.report:
            continue
        first = accounts.setdefault(account, file.report.file)
        if first != file.report.file:
            file.report.add(file.document.line(("account",)), ("account",), f"is described by {first} as well")
