"""Make a mistake in a document, at random; nearly make a URI."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.differential.schemas import ODD_VALUES, Steps, put
from tests.structured_cases import find


def make_uri(random: Random) -> str:
    """Make a string that is a URI, or nearly one."""
    start = random.choice(["", "a:", "a:", "a:/", "http://", "http://", "http://["])
    return start + "".join(random.choices("aF1:/?#[]@%.-v \\~", k=random.randint(0, 9)))


def places(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """List every place in a document, the whole first."""
    yield steps
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in inside:
        yield from places(member, (*steps, step))


def spoil(document: Any, random: Random) -> Any:
    """Make one random change, somewhere, that may be a mistake."""
    all_places = list(places(document))
    steps = random.choice(all_places)
    value = find(document, steps)
    changes: list[Callable[[], Any]] = [
        lambda: random.choice(ODD_VALUES),
        lambda: find(document, random.choice(all_places)),
    ]
    if isinstance(value, str):
        changes.append(lambda: (value or "x") * random.choice([2, 50, 300]))
    if isinstance(value, list) and value:
        changes += [lambda: value[1:], lambda: value * random.randint(2, 12), lambda: value[::-1]]
    if isinstance(value, dict) and value:
        dropped = random.choice(list(value))
        changes += [
            lambda: {key: member for key, member in value.items() if key != dropped},
            lambda: {**value, "new": 1},
        ]
    return put(document, steps, random.choice(changes)())
