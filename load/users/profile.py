"""What a run is like: how many users when, how long they think, what they do, and what may go wrong (load/profiles/*.json)."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, Self

from pydantic import Field, model_validator

from load.users.files import Section, read_model

PROFILES: Final = Path(__file__).parents[1] / "profiles"
LONGEST_PAUSE: Final = 10.0
"""Times the median; a consumer who thinks longer has gone."""


class Point(Section):
    """How many of the users there are at some time; between two points the number changes evenly."""

    at: float = Field(ge=0, le=1)
    """Share of the run's time."""
    users: float = Field(ge=0, le=1)
    """Share of the run's users."""


class Pause(Section):
    """How long a consumer thinks before the next message: log-normal, as reading and typing are."""

    median: float = Field(gt=0)
    """Seconds."""
    spread: float = Field(0.5, ge=0, le=2)
    """Standard deviation of the logarithm."""

    @property
    def mean(self) -> float:
        """Seconds."""
        return self.median * math.exp(self.spread**2 / 2)

    def draw(self, random: Random) -> float:
        """Draw one pause, in seconds."""
        return min(random.lognormvariate(math.log(self.median), self.spread), LONGEST_PAUSE * self.median)


class Quantiles(Section):
    """Upper bounds in milliseconds; None where there is none."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Limits(Section):
    """What the run may come to and still be a good one."""

    least_events: int = Field(1, ge=1)
    """A run that sent fewer shows nothing."""
    failed_share: float = Field(0.0, ge=0, le=1)
    """Of the events: those without a good answer (an error, a wrong shape, another answer to a repeat)."""
    escalated_share: float = Field(0.0, ge=0, le=1)
    """Of the events: those answered by a transfer because of an error."""
    lost: int = Field(0, ge=0)
    """Events without any answer, and answers for which no bot was asked."""
    doubled: int = Field(0, ge=0)
    """Good answers of a vendor for an event that had one."""
    response_ms: Quantiles = Quantiles()
    """The whole time until an answer."""
    added_ms: Quantiles = Quantiles()
    """That less what the vendor takes when it is asked itself."""


class Faults(Section):
    """What the emulated vendors do wrong."""

    share: float = Field(0.0, ge=0, le=1)
    """Of the messages."""
    kinds: list[dict[str, Any]] = Field([])
    """One is drawn for each; keys as in emulators/README.md "Fail"."""


class OwnDeployment(Section):
    """The deployment that `make load` starts for this profile."""

    accounts: int = Field(4, ge=1, le=1000)
    """Each with a bot of every vendor."""
    vendor_delay: float = Field(0.05, ge=0)
    """Seconds until a vendor answers."""
    faults: Faults = Faults()
    serve: list[str] = Field([])
    """Further options of `botbridge serve`."""


class Profile(Section):
    """One file of load/profiles."""

    about: str
    seconds: float = Field(gt=0)
    users: int = Field(ge=1)
    """At the highest point; each holds one conversation after the other."""
    spawn_rate: float = Field(gt=0)
    """Users that come or go in a second, at most."""
    points: list[Point] = Field(min_length=2)
    pause: Pause
    patience: float = Field(gt=0)
    """Seconds after which an impatient client gives up and sends the event again."""
    talks: dict[str, float] = Field(min_length=1)
    """Which talks are held, and how often in relation to each other."""
    limits: Limits = Limits()
    own: OwnDeployment = OwnDeployment()

    @model_validator(mode="after")
    def _check_points(self) -> Self:
        times = [point.at for point in self.points]
        if times != sorted(set(times)) or times[0] != 0 or times[-1] != 1:
            raise ValueError("points go from 0 to 1, each later than the one before")
        if any(weight < 0 for weight in self.talks.values()) or not any(self.talks.values()):
            raise ValueError("the talks' weights are 0 or more, and one is more than 0")
        return self

    def users_at(self, elapsed: float, *, seconds: float | None = None, users: int | None = None) -> int | None:
        """Say how many users there are after so many seconds; None when the run is over.

        `seconds` and `users` stretch the profile: another length, another highest point.
        """
        share = elapsed / (seconds or self.seconds)
        if share >= 1:
            return None
        index = bisect_right([point.at for point in self.points], share)
        before, after = self.points[index - 1], self.points[index]
        level = before.users + (after.users - before.users) * (share - before.at) / (after.at - before.at)
        return round(level * (users or self.users))


def load_profile(name: str, environ: Mapping[str, str]) -> Profile:
    """Read a profile by its name in load/profiles, or by the path of its file. Raise ConfigProblems."""
    path = Path(name)
    return read_model(path if path.suffix else PROFILES / f"{name}.json", Profile, environ)
