"""Read a folder of account files: every account, or every problem."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.account_file import Checks, check_account
from config.files import Unreadable, read_file
from config.models import Account
from config.parsed import Document, LinesUnknown
from config.plain import read_plain
from config.problems import ConfigProblems, Problem, Report
from config.secrets import Secrets
from config.sources import Source


@dataclass(frozen=True, slots=True)
class LoadedAccounts:
    """Everything that one gateway serves."""

    accounts: tuple[Account, ...]
    """In order of file name; no two are the same account."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """What each file held, by its name as in Account.file."""

    @property
    def bots(self) -> int:
        """Count the bots of all accounts."""
        return sum(len(account.bots) for account in self.accounts)


@dataclass(frozen=True, slots=True)
class _File:
    """One account file on its way."""

    report: Report
    secrets: Secrets
    source: Source | None = None
    document: Document | None = None
    account: Account | None = None

    @property
    def account_id(self) -> str | None:
        """The account that it describes, as far as that is known."""
        if self.account is not None:
            return self.account.account
        account = None if self.document is None else self.document.value.get("account")
        return account if isinstance(account, str) and ("account",) not in self.report else None

    def problems(self) -> list[Problem]:
        return [
            Problem(problem.file, problem.line, problem.path, self.secrets.hide(problem.text))
            for problem in self.report.problems
        ]


def load_accounts(
    directory: Path, environ: Mapping[str, str], *, known: LoadedAccounts | None = None
) -> LoadedAccounts:
    """Read and check `directory/*.yaml`, in which `${env:NAME}` refers to `environ`.

    Files that are as they were when `known` was loaded, and whose references lead to the same, are not checked again. Hooks and
    callables are imported, so what they import must be importable (config.importing). Blocks: not for the event loop. Raise
    ConfigProblems with all that is wrong in all files.
    """
    loader = _Loader(environ, known or LoadedAccounts(()))
    files = [loader.load(path) for path in find_files(directory)]
    _compare(files, loader)
    if problems := [problem for file in files for problem in file.problems()]:
        raise ConfigProblems(problems)
    return LoadedAccounts(
        tuple(file.account for file in files if file.account is not None),
        {file.report.file: file.source for file in files if file.source is not None},
    )


def find_files(directory: Path) -> list[Path]:
    """Give the account files of a folder, sorted. Raise ConfigProblems when there is none, or no such folder."""
    try:
        # Path.glob would take a folder that cannot be read for an empty one.
        found = sorted(path for path in directory.iterdir() if is_account_file(path.name))
    except OSError as error:
        text = f"the folder of the account files cannot be read: {error.strerror}"
        raise ConfigProblems([Problem(str(directory), 1, "(folder)", text)]) from None
    if not found:
        raise ConfigProblems([Problem(str(directory), 1, "(folder)", "has no account file (*.yaml)")])
    return found


def is_account_file(name: str) -> bool:
    """Say whether a file of this name describes an account."""
    return name.endswith(".yaml") and not name.startswith(".")


class _Loader:
    """Loads one file after the other."""

    def __init__(self, environ: Mapping[str, str], known: LoadedAccounts) -> None:
        self._environ = environ
        self._sources = known.sources
        self._accounts = {account.file: account for account in known.accounts}
        self._checks = Checks.begin()

    def load(self, path: Path) -> _File:
        """Load a file: not at all where it is as it was, quickly where nothing is wrong with it."""
        name, secrets = str(path), Secrets(path.parent, self._environ)
        try:
            data = read_file(path)
        except Unreadable as error:
            report = Report(name)
            report.add(1, (), str(error))
            return _File(report, secrets)
        source = self._sources.get(name)
        if source is not None and source.is_unchanged(data, secrets):
            return _File(Report(name), secrets, source, account=self._accounts[name])
        return self._load_quickly(name, data, secrets) or self._load_with_lines(name, data, secrets)

    def load_with_lines(self, name: str) -> _File:
        """Load a file so that the line of everything in it is known."""
        return self._load_with_lines(name, read_file(Path(name)), Secrets(Path(name).parent, self._environ))

    def _load_quickly(self, name: str, data: bytes, secrets: Secrets) -> _File | None:
        value = read_plain(data, secrets)
        if value is None:
            return None
        report = Report(name)
        try:
            account = check_account(Document(value, None, []), report, self._checks)
        except LinesUnknown:
            return None
        return _File(report, secrets, Source.note(data, secrets), account=account)

    def _load_with_lines(self, name: str, data: bytes, secrets: Secrets) -> _File:
        # Imported where it is needed: most files are read by the other reader.
        from config.document import read_document  # noqa: PLC0415

        report = Report(name)
        document = read_document(data, secrets=secrets, report=report)
        account = None if document is None else check_account(document, report, self._checks)
        return _File(report, secrets, Source.note(data, secrets), document, account)


def _compare(files: list[_File], loader: _Loader) -> None:
    """Report accounts that have two files."""
    accounts: dict[str, str] = {}
    for number, file in enumerate(files):
        if (account := file.account_id) is None:
            continue
        first = accounts.setdefault(account, file.report.file)
        if first == file.report.file:
            continue
        if file.document is None:
            files[number] = loader.load_with_lines(file.report.file)
        report, document = files[number].report, files[number].document
        if document is not None:
            report.add(document.line(("account",)), ("account",), f"is described by {first} as well")
