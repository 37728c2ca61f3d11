"""`botbridge schema`: the JSON Schema of an account file, for editors."""

import typer


def schema() -> None:
    """Print the JSON Schema of an account file."""
    from config.schema import write_schema

    typer.echo(write_schema(), nl=False)
