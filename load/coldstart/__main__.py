"""How long it takes from the start of a process to the first answer: `make coldstart`.

Each thing is started several times, all of them in turns, beside `python -c "import aiohttp, orjson"`, which any gateway in
Python must do: the ratio of CPU time to that is what is judged, since it is the same on a slow machine and on a busy one. The
targets by the clock on the wall are for an idle machine.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from load.bench.meters import read_cpu, read_memory
from load.coldstart.accounts import ACCOUNT, AWS_KEYS, Urls, make_bots, name_account, write_account, write_accounts
from load.coldstart.figures import Subject, tell
from load.coldstart.starting import BOTBRIDGE, PATIENCE, Sample, run_command, say_hello, serve, start_and_ask

RESULTS: Final = Path(__file__).parents[1] / "results" / "coldstart.json"
FLOOR: Final = ("python -c import", (sys.executable, "-c", "import aiohttp, orjson"))


def make_subjects(folder: Path, urls: Urls) -> list[Subject]:
    """Make what is started: the floor first."""

    def commands(*arguments: str) -> Callable[[], Sample]:
        return lambda: run_command((BOTBRIDGE, *arguments))

    def first_event(bot: str, **environ: str) -> Callable[[], Sample]:
        return lambda: start_and_ask(folder / bot, bot, environ)

    for name, bot in make_bots(urls).items():
        write_account(folder / name, ACCOUNT, {name: bot})
    name, command = FLOOR
    return [
        Subject(name, lambda: run_command(command)),
        Subject("botbridge --help", commands("--help"), target=0.15, limit=0.75),
        Subject("botbridge check", commands("check", "--config", str(folder / "lex")), limit=1.6),
        Subject("first event: lex-v2", first_event("lex"), target=0.7, limit=3.5),
        Subject("… by AWS's default chain", first_event("chain", AWS_ENDPOINT_URL=urls["lex"], **AWS_KEYS), limit=4.0),
        Subject("first event: dialogflow-es", first_event("dialogflow"), limit=4.5),
        Subject("first event: watson-v2", first_event("watson"), limit=4.5),
        Subject("first event: function", first_event("function"), limit=3.0),
    ]


def measure_many(folder: Path, urls: Urls, accounts: int) -> dict[str, float]:
    """Serve thousands of accounts with a bot of every vendor each: start, first answers, a reload with one changed file."""
    bots = [name for name in make_bots(urls) if name != "chain"]
    write_accounts(folder, accounts, {name: bot for name, bot in make_bots(urls).items() if name in bots})
    log, one = folder.with_suffix(".log"), name_account(7)
    began = time.perf_counter()
    with serve(folder, log, {}) as (pid, address):
        listening, cpu, rss = time.perf_counter() - began, read_cpu(pid), read_memory(pid)
        for bot in bots:
            say_hello(address, one, bot)
        answered = time.perf_counter() - began
        before = read_cpu(pid)
        write_account(folder, one, make_bots(urls), comment="changed")
        os.kill(pid, signal.SIGHUP)
        until = time.perf_counter() + PATIENCE
        while b'"reloaded"' not in log.read_bytes():
            if time.perf_counter() > until:
                raise SystemExit("the gateway did not reload")
            time.sleep(0.02)  # noqa: TID251 - nothing else runs here
        return {
            "accounts": accounts,
            "bots": accounts * len(bots),
            "listening_s": listening,
            "listening_cpu_s": cpu,
            "answered_s": answered,
            "rss_mib": rss,
            "rss_after_first_events_mib": read_memory(pid),
            "reload_cpu_s": read_cpu(pid) - before,
        }


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Starts of each.")] = 7,
    accounts: Annotated[
        int, typer.Option(min=0, help="Accounts with a bot of every vendor; 0 leaves them out.")
    ] = 2000,
) -> None:
    """Measure, print, and end with 1 where something takes more than it may."""
    with tempfile.TemporaryDirectory(prefix="botbridge-coldstart-") as name:
        folder = Path(name)
        emulators = subprocess.Popen([BOTBRIDGE, "emulate"], stdout=subprocess.PIPE)  # noqa: S603 - our own command
        assert emulators.stdout is not None  # noqa: S101 - asked for just above
        try:
            urls = dict(emulators.stdout.readline().decode().split() for _ in range(4))
            subjects = make_subjects(folder, urls)
            for _ in range(rounds):
                for subject in subjects:
                    subject.samples.append(subject.start())
            many = measure_many(folder / "many", urls, accounts) if accounts else None
        finally:
            emulators.terminate()
            emulators.wait(PATIENCE)
            emulators.stdout.close()
    figures, complaints = tell(subjects, many)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")
    for complaint in complaints:
        typer.echo(complaint, err=True)
    raise typer.Exit(1 if complaints else 0)


if __name__ == "__main__":
    typer.run(main)
