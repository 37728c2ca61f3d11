"""What stands below an attribute of a model as its docstring: the description that editors show.

Read from the source when the schema is written. pydantic could do so (`use_attribute_docstrings`), but does it whenever a model
is made, which would double the time that `botbridge check` takes to begin.
"""

import ast
import inspect
from collections.abc import Iterator
from textwrap import dedent

from pydantic import BaseModel


def describe_fields(model: type[BaseModel]) -> dict[str, str]:
    """Give the descriptions of a model's fields, by the names that a file has for them: its own, and those it inherits."""
    texts = {name: text for base in reversed(model.__mro__) for name, text in _read_docstrings(base)}
    fields = {name: field for name, field in model.model_fields.items() if name in texts and not field.description}
    return {field.alias or name: texts[name] for name, field in fields.items()}


def _read_docstrings(model: type) -> Iterator[tuple[str, str]]:
    """Give the attributes of a class that are followed by a string."""
    if not issubclass(model, BaseModel) or model is BaseModel:
        return
    (definition,) = ast.parse(dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 - the source of a class
    for statement, following in zip(definition.body, definition.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
            case _:
                pass
