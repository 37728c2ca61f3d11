"""`botbridge lint PATH...`: find in a bot's export what LivePerson would refuse, drop or change. Contacts nobody."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.contract.types import Channel
from gateway.lint.findings import Report, Rules


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def _list_codes(asked: bool) -> None:
    if asked:
        from gateway.lint.formats.page import render_codes

        typer.echo(render_codes(), nl=False)
        raise typer.Exit


def lint(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE|DIR...", help="Exports: zip or JSON files, or folders with such or unpacked ones."
        ),
    ],
    *,
    channel: Annotated[Channel, typer.Option(help="The channel that the bot serves.")] = Channel.MESSAGING,
    output: Annotated[Format, typer.Option("--format", help="How the report is written.")] = Format.TEXT,
    image_host: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A host on the account's list of image domains; once for each."),
    ] = None,
    skill: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A skill of the account; once for each. Others are errors.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 on warnings too.")] = False,
    _codes: Annotated[
        bool,
        typer.Option(
            "--codes", is_eager=True, callback=_list_codes, help="List every code with its remedy, as Markdown."
        ),
    ] = False,
) -> None:
    """Find in exports of Lex, Dialogflow ES and Watson bots what LivePerson would refuse, drop or change.

    Ends with 0 when there is no error, with 1 when there is, and with 2 when a file is no export.
    """
    from gateway.lint.run import lint_paths

    rules = Rules(
        channel=channel,
        image_hosts=frozenset(host.lower() for host in image_host) if image_host else None,
        skills=frozenset(skill) if skill else None,
    )
    report = lint_paths(paths, rules)
    _write(report, output, strict=strict)
    for refusal in report.refusals:
        typer.echo(f"{refusal.file}: {refusal.reason}", err=True)
    raise typer.Exit(report.exit_code(strict=strict))


def _write(report: Report, output: Format, *, strict: bool) -> None:
    match output:
        case Format.TEXT:
            from rich.console import Console

            from gateway.lint.formats.text import write_text

            write_text(report, Console())
        case Format.JSON:
            from gateway.lint.formats.json import write_json

            typer.echo(write_json(report))
        case Format.SARIF:
            from gateway.lint.formats.sarif import write_sarif

            typer.echo(write_sarif(report))
        case Format.JUNIT:
            from gateway.lint.formats.junit import write_junit

            typer.echo(write_junit(report, strict=strict), nl=False)
