"""`botbridge emulate`: the vendor emulators alone."""

import asyncio
import signal
from typing import Annotated

import typer

from gateway.cli.options import run_async


def emulate(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65532, help="The first of four ports in a row; 0 takes free ones.")
    ] = 0,
) -> None:
    """Play Amazon Lex V2, IBM Watson V1 and V2, Dialogflow ES and a function endpoint on this machine.

    Prints a line NAME URL for each once all of them listen, and runs until SIGTERM or Ctrl-C. What they say, how they sign
    in and how they are made to fail is in emulators/README.md.
    """
    try:
        run_async(_run(host, port))
    except OSError as error:
        typer.echo(f"botbridge: cannot listen on {host}:{port}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


async def _run(host: str, port: int) -> None:
    from emulators.server import emulators

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with emulators(host=host, port=port) as running:
        for name, url in running.items():
            typer.echo(f"{name} {url}")
        await stop.wait()
