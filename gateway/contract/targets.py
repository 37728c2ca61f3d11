"""Other people's code: find it by name. Without what runs it (gateway.contract.callables), so that checking takes little."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any


class CallableNotFound(ValueError):
    """A `module:function` that does not name a callable; the message says why."""


def load_callable(target: str, *, arguments: int) -> Callable[..., Any]:
    """Import `module:function` and check that it takes that many arguments. Raise CallableNotFound."""
    module_name, colon, attribute = target.partition(":")
    if not (module_name and colon and attribute):
        raise CallableNotFound("must look like module:function")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise CallableNotFound(f"no module named {error.name!r}") from error
    except BaseException as error:
        # Whatever somebody's module does at import, SystemExit too, is a fault of the account file, not of the process.
        raise CallableNotFound(f"module {module_name!r} cannot be imported: {type(error).__name__}") from error
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise CallableNotFound(f"module {module_name!r} has no {attribute!r}") from None
        except BaseException as error:
            # A module's own __getattr__, or a property, may do anything too.
            problem = f"module {module_name!r} has no {attribute!r} that can be read: {type(error).__name__}"
            raise CallableNotFound(problem) from error
    if not callable(found):
        raise CallableNotFound(f"{target!r} is not callable")
    try:
        inspect.signature(found).bind(*([None] * arguments))
    except TypeError:
        raise CallableNotFound(f"{target!r} must take {arguments} argument{'s' if arguments > 1 else ''}") from None
    except ValueError:
        pass  # a callable written in C tells no signature; calling it will show
    loaded: Callable[..., Any] = found
    return loaded
