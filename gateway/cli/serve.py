"""`botbridge serve`: answer LivePerson's events for the accounts of a folder."""

import gc
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import ConfigOption, LogLevelOption, check_level, load_or_exit, run_async
from gateway.telemetry.lean import import_structlog

if TYPE_CHECKING:
    from gateway.console.settings import ConsoleSettings


def serve(
    config: ConfigOption,
    host: Annotated[str, typer.Option("--host", envvar="BOTBRIDGE_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port", envvar="BOTBRIDGE_PORT", min=0, max=65535, help="Port to listen on; 0 takes a free one."
        ),
    ] = 8080,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            envvar="BOTBRIDGE_WORKERS",
            min=1,
            help="Processes that serve; more than one needs a store that they can share.",
        ),
    ] = 1,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch/--no-watch",
            envvar="BOTBRIDGE_WATCH",
            help="Serve account files that have changed, without SIGHUP.",
        ),
    ] = True,
    store: Annotated[
        str,
        typer.Option(
            "--store",
            envvar="BOTBRIDGE_STORE",
            help="Where conversations are kept: memory, sqlite:///PATH or redis://HOST:PORT/DB.",
        ),
    ] = "memory",
    store_key: Annotated[
        str | None,
        typer.Option(
            "--store-key",
            envvar="BOTBRIDGE_STORE_KEY",
            help="Encrypts what SQLite or Redis keeps; better given in the environment, where ps does not show it.",
        ),
    ] = None,
    session_ttl: Annotated[
        float,
        typer.Option(
            "--session-ttl",
            envvar="BOTBRIDGE_SESSION_TTL",
            min=1,
            help="Seconds that a conversation is kept after its last turn.",
        ),
    ] = 86_400.0,
    repeat_ttl: Annotated[
        float,
        typer.Option(
            "--repeat-ttl",
            envvar="BOTBRIDGE_REPEAT_TTL",
            min=1,
            help="Seconds that a first answer is kept for repeats.",
        ),
    ] = 600.0,
    drain_timeout: Annotated[
        float,
        typer.Option(
            "--drain-timeout",
            envvar="BOTBRIDGE_DRAIN_TIMEOUT",
            min=0,
            help="Seconds for turns under way when told to end.",
        ),
    ] = 30.0,
    max_in_flight: Annotated[
        int,
        typer.Option("--max-in-flight", envvar="BOTBRIDGE_MAX_IN_FLIGHT", min=1, help="Turns at once; more get 503."),
    ] = 10_000,
    max_delay: Annotated[
        int,
        typer.Option(
            "--max-delay", envvar="BOTBRIDGE_MAX_DELAY", min=1, help="Seconds; bots' longer delays are cut to it."
        ),
    ] = 300,
    console: Annotated[
        bool,
        typer.Option(
            "--console/--no-console", envvar="BOTBRIDGE_CONSOLE", help="Serve the console at /console/, for operators."
        ),
    ] = False,
    console_token: Annotated[
        str | None,
        typer.Option(
            "--console-token",
            envvar="BOTBRIDGE_CONSOLE_TOKEN",
            help="What operators sign in with: tokens or their sha256: digests, separated by commas; better given in the "
            "environment.",
        ),
    ] = None,
    log_level: LogLevelOption = "info",
) -> None:
    """Serve the accounts in DIR.

    Prints one line, listening on http://HOST:PORT, once it accepts. SIGTERM: finishes what is under way, refuses what is
    new, exits 0. SIGHUP, or a file that has changed: reads the account files again; all are valid, or nothing changes.
    """
    level = check_level(log_level)
    gc.disable()  # start-up makes what stays; gateway.app wakes the collector when it is over
    import_structlog()
    from gateway.sessions.backends import StoreSettings, check_store

    kept = StoreSettings(url=store, key=store_key)
    try:
        check_store(kept)
    except ValueError as error:
        hint = "--store-key" if "store key" in str(error) else "--store"
        raise typer.BadParameter(str(error), param_hint=hint) from None
    if workers > 1 and not kept.is_shared:
        # Each worker would keep conversations of its own, and one event could be given to the vendor twice.
        problem = f"several workers share conversations through --store redis://…; {store.partition(':')[0]} is for one process"
        raise typer.BadParameter(problem, param_hint="--workers")

    operators = _read_console(console_token) if console else None

    from config.watch import AccountWatch
    from gateway.clock import SystemClock

    # Before the files are read, so that no change goes unseen.
    watching = AccountWatch(config, SystemClock()) if watch else None
    accounts = load_or_exit(config)

    from gateway.app import ServeSettings
    from gateway.app import serve as run
    from gateway.contract.ports import StoreFailed
    from gateway.telemetry.logging import configure_logging

    configure_logging(level)
    settings = ServeSettings(
        config=config,
        host=host,
        port=port,
        drain_timeout=drain_timeout,
        max_in_flight=max_in_flight,
        max_delay=max_delay,
        store=store,
        store_key=store_key,
        session_ttl=session_ttl,
        repeat_ttl=repeat_ttl,
        console=operators,
    )

    def announce(url: str) -> None:
        typer.echo(f"listening on {url}")

    no_workers: tuple[type[Exception], ...] = ()
    if workers == 1:
        serving = run(settings, accounts, announce, watch=watching)
    else:
        from gateway.workers.serve import serve_with_workers
        from gateway.workers.supervisor import WorkersFailed

        no_workers = (WorkersFailed,)
        serving = serve_with_workers(settings, accounts, announce, workers=workers, log_level=level, watch=watching)
    try:
        run_async(serving)
    except no_workers as error:
        typer.echo(f"botbridge: {error}", err=True)
        raise typer.Exit(1) from None
    except StoreFailed as error:
        typer.echo(f"botbridge: cannot use the store: {error}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"botbridge: cannot listen on {host}:{port}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


def _read_console(token: str | None) -> "ConsoleSettings":
    """Read who may sign in to the console, or end with a usage error; 1 when its pages have not been built."""
    from gateway.console.settings import ConsoleSettings, PagesMissing, check_pages, read_tokens

    try:
        tokens = read_tokens(token)
        check_pages()
    except PagesMissing as error:
        typer.echo(f"botbridge: {error}", err=True)
        raise typer.Exit(1) from None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--console-token") from None
    return ConsoleSettings(tokens=tokens)
