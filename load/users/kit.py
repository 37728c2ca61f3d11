"""Everything that the users of one run share: whom they speak to, what they say, and what has come of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from gevent.lock import BoundedSemaphore

from load.users.checks import Shapes, load_shapes
from load.users.conversation import Conversation
from load.users.figures import Figures
from load.users.profile import Profile, load_profile
from load.users.talks import TALKS, Talks, load_talks
from load.users.targets import Application, Target, Targets, load_targets

EARLY = 60.0
"""Seconds before its end at which a token is renewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line."""

    profile: str
    targets: Path | None = None
    talks: Path = TALKS
    seed: int = 1
    keeps_answers: bool = False
    """Whether to remember which events were answered."""


class Tokens:
    """App-JWTs, one per account, fetched by whoever needs one first."""

    def __init__(self) -> None:
        self._tokens: dict[Application, tuple[str, float]] = {}
        self._one_at_a_time = BoundedSemaphore()

    def get(self, application: Application, now: float, fetch: Callable[[], tuple[str, float]]) -> str:
        """Give a good token; `fetch` gets a new one and the seconds it is good for, and may raise. `now` is in seconds."""
        with self._one_at_a_time:
            token, expires = self._tokens.get(application, ("", 0.0))
            if now < expires - EARLY:
                return token
            token, lifetime = fetch()
            self._tokens[application] = (token, now + lifetime)
            return token


@dataclass(slots=True, kw_only=True)
class Kit:
    """One run's."""

    options: Options
    profile: Profile
    targets: Targets
    talks: Talks
    shapes: Shapes
    figures: Figures = field(default_factory=Figures)
    tokens: Tokens = field(default_factory=Tokens)
    clock: Callable[[], float] = time.monotonic
    seconds: float = 0.0
    """How long the run took, once it has ended."""
    _started: float | None = None
    _users: "count[int]" = field(default_factory=count)

    def start(self) -> None:
        """Begin to count; what an earlier run came to is forgotten."""
        self.figures = Figures()
        self._started = self.clock()

    def stop(self) -> None:
        """Note how long the run took; only the first time counts."""
        if self._started is not None:
            self.seconds, self._started = self.clock() - self._started, None

    def make_random(self, process: int = 0) -> Random:
        """Give a user chance of its own, the same in every run with the same seed; `process` is locust's number of it."""
        return Random(f"{self.options.seed}-{process}-{next(self._users)}")  # noqa: S311 - picks texts and pauses

    def begin(self, random: Random) -> Conversation:
        """Begin a conversation with a bot drawn by weight."""
        bots = self.targets.bots
        target: Target = random.choices(bots, [bot.weight for bot in bots])[0]
        return Conversation(target, self.talks.draw(target.channel, random), random)


def open_kit(options: Options, environ: Mapping[str, str]) -> Kit:
    """Read all files. Raise ConfigProblems."""
    profile = load_profile(options.profile, environ)
    targets = load_targets(options.targets, environ)
    return Kit(
        options=options,
        profile=profile,
        targets=targets,
        talks=load_talks(options.talks, profile, targets.bots, environ),
        shapes=load_shapes(),
    )
