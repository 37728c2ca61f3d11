"""What consumers do: talks, each a list of steps (load/users/talks.json)."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import Field, RootModel, model_validator

from config.problems import ConfigProblems, Problem
from load.users.files import Section, read_model
from load.users.profile import Profile
from load.users.targets import ChannelName, Target

TALKS: Final = Path(__file__).with_name("talks.json")


class Step(Section):
    """What every step may say."""

    again: Literal["answered", "given up"] | None = None
    """Sends the same event again: once its answer has come, or after the client has given up waiting for it."""


class Welcome(Step):
    """The conversation is routed to the bot."""

    do: Literal["welcome"]
    last_consumer_message: str | None = None
    """The consumer's last text, as after a transfer. Messaging."""


class Say(Step):
    """The consumer writes one of these texts."""

    do: Literal["say"]
    texts: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)


class Click(Step):
    """The consumer clicks a button of the last answer that offered any: its text and metadata are sent."""

    do: Literal["click"]
    button: str = ""
    """The button's title; any button when it is empty or not there."""
    otherwise: str = Field(min_length=1)
    """What the consumer writes where there is nothing to click."""


class SendRich(Step):
    """The consumer sends rich content, such as a location."""

    do: Literal["send rich content"]
    content: dict[str, Any] = Field(min_length=1)


class SendFile(Step):
    """The consumer sends a file."""

    do: Literal["send a file"]
    file: dict[str, str] = Field(min_length=1)
    """relativePath, fileType, caption, preview."""


AnyStep: TypeAlias = Annotated[Welcome | Say | Click | SendRich | SendFile, Field(discriminator="do")]


class Talk(Section):
    """One course of a conversation. It ends early when the bot hands it over or closes it."""

    channels: list[ChannelName] = Field(["messaging"], min_length=1)
    steps: list[AnyStep] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _check_channels(self) -> Self:
        """Refuse on chat what a consumer cannot send there (docs/contract/custom-integration.md section 1.5)."""
        if "chat" in self.channels and any(isinstance(step, SendRich | SendFile) for step in self.steps):
            raise ValueError("on chat a consumer sends neither rich content nor files")
        return self


class TalksFile(RootModel[dict[str, Talk]]):
    """Name -> talk."""


class Talks:
    """The talks of a run, drawn by the weights of its profile."""

    def __init__(self, talks: Mapping[str, Talk], weights: Mapping[str, float]) -> None:
        self._talks: dict[ChannelName, tuple[list[Talk], list[float]]] = {"messaging": ([], []), "chat": ([], [])}
        for name, weight in weights.items():
            for channel in talks[name].channels:
                self._talks[channel][0].append(talks[name])
                self._talks[channel][1].append(weight)

    def can(self, channel: ChannelName) -> bool:
        """Say whether any talk fits the channel."""
        return any(self._talks[channel][1])

    def draw(self, channel: ChannelName, random: Random) -> Talk:
        """Draw a talk for a channel that has one."""
        talks, weights = self._talks[channel]
        return random.choices(talks, weights)[0]


def load_talks(path: Path, profile: Profile, targets: tuple[Target, ...], environ: Mapping[str, str]) -> Talks:
    """Read the talks that a profile names. Raise ConfigProblems when one is missing, or a channel has none."""
    known = read_model(path, TalksFile, environ).root
    if missing := [name for name in profile.talks if name not in known]:
        text = f"has no talk {', '.join(missing)}, which the profile names; it has {', '.join(known)}"
        raise ConfigProblems([Problem(str(path), 1, "(file)", text)])
    talks = Talks(known, profile.talks)
    for channel in sorted({target.channel for target in targets}):
        if not talks.can(channel):
            text = f"none of the profile's talks is for {channel}, and a target is"
            raise ConfigProblems([Problem(str(path), 1, "(file)", text)])
    return talks
