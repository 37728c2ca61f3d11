"""`botbridge emulate`: the vendor emulators alone."""

import asyncio
import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import run_async

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulators.exports.imports import ImportedBot


def emulate(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65532, help="The first of four ports in a row; 0 takes free ones.")
    ] = 0,
    exports: Annotated[
        list[Path] | None,
        typer.Option(
            "--import",
            metavar="FILE",
            help="Play this export of a bot: a Dialogflow ES agent (zip or folder), a Lex V1 or V2 bot (zip, folder or "
            "JSON), a Watson skill (JSON). May be given several times.",
        ),
    ] = None,
    accounts: Annotated[
        Path | None,
        typer.Option(
            "--write-accounts", metavar="DIR", help="Write DIR/imported.yaml: an account of the imported bots."
        ),
    ] = None,
) -> None:
    """Play Amazon Lex V2, IBM Watson, Dialogflow and a function endpoint on this machine.

    Prints a line NAME URL for each once all of them listen, and a line for each imported bot; runs until SIGTERM or Ctrl-C.
    What they say, how they sign in and how they are made to fail is in emulators/README.md; imported bots: docs/offline.md.
    """
    if accounts is not None and not exports:
        raise typer.BadParameter("there is no bot to write: it needs --import", param_hint="--write-accounts")
    imported = _import_or_exit(exports or [])
    try:
        run_async(_run(host, port, imported, accounts))
    except OSError as error:
        typer.echo(f"botbridge: cannot listen on {host}:{port}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


def _import_or_exit(exports: list[Path]) -> "list[ImportedBot]":
    """Read the exports, or print what is wrong with them and end with 1."""
    from emulators.exports.imports import ImportRefused, import_bots

    try:
        imported = import_bots(exports)
    except ImportRefused as refused:
        for problem in refused.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    for each in imported:
        for remark in each.remarks:
            typer.echo(f"not played: {remark}", err=True)
    return imported


async def _run(host: str, port: int, imported: "list[ImportedBot]", accounts: Path | None) -> None:
    from emulators.exports.imports import make_scripts
    from emulators.server import emulators

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with emulators(host=host, port=port, scripts=make_scripts(imported)) as running:
        for name, url in running.items():
            typer.echo(f"{name} {url}")
        if imported:
            _tell(imported, running)
        if accounts is not None:
            await asyncio.to_thread(_write, accounts, imported, running)
        typer.echo(f"dialogflow-grpc {running.dialogflow.grpc_address}")
        await stop.wait()


def _tell(imported: "list[ImportedBot]", urls: "Mapping[str, str]") -> None:
    """Say where each imported bot is, and under which id."""
    from gateway.cli.imported_account import EMULATORS

    for each in imported:
        typer.echo(f"imported {each.name} {each.bot.vendor} {urls[EMULATORS[each.bot.vendor]]} {each.id}")


def _write(accounts: Path, imported: "list[ImportedBot]", urls: "Mapping[str, str]") -> None:
    """Write the account of the imported bots and say how to talk to one, or end with 1."""
    from gateway.cli.imported_account import ACCOUNT, OthersFile, write_account

    try:
        path = write_account(accounts, imported, urls)
    except (OthersFile, OSError) as error:
        typer.echo(f"botbridge: cannot write the account: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"wrote {path}")
    for each in imported:
        typer.echo(f"talk to it: botbridge chat --config {shlex.quote(str(accounts))} {ACCOUNT} {each.name}")
