"""One consumer's conversation: turns steps into events, and remembers what the bot offered to click."""

import time
from collections.abc import Iterator
from random import Random
from typing import assert_never
from uuid import uuid4

from emulators.lp_events import Consumer
from load.users.doors import ENDPOINT, EVENTS, Button, Door, Heard, Json, Said
from load.users.talks import AnyStep, Click, Say, SendFile, SendRich, Talk, Welcome
from load.users.targets import Target

CARTS = (0.0, 12.5, 89.99, 240.0)


class Conversation:
    """Knows what its consumer sends next. No I/O: whoever sends it tells what was heard."""

    def __init__(self, target: Target, talk: Talk, random: Random) -> None:
        self.target = target
        self.door: Door = EVENTS if target.door == "events" else ENDPOINT
        self.consumer = Consumer(
            # Never by the run's seed: of another run's conversations the gateway still has the answers.
            conv_id=str(uuid4()),
            channel=target.channel.upper(),
            sdes=make_sdes(random),
        )
        self._talk = talk
        self._random = random
        self._buttons: tuple[Button, ...] = ()
        self._is_over = False

    @property
    def id(self) -> str:
        """LivePerson's convId."""
        return self.consumer.conv_id

    def events(self) -> Iterator[tuple[AnyStep, Said]]:
        """Give each step and its event, made when it is asked for; end early when the bot handed over or closed."""
        for step in self._talk.steps:
            if self._is_over:
                return
            yield step, self._say(step)

    def hear(self, heard: Heard) -> None:
        """Take in an answer."""
        self._buttons = heard.buttons or self._buttons
        self._is_over = heard.is_the_end

    def close(self) -> Said:
        """Make the event of the conversation's end (Custom Endpoint)."""
        return Said(kind="close", lp_event=self._tag(self.consumer.raw()))

    def write(self, said: Said) -> Json:
        """Write an event for the target's door."""
        return self.door.write(self.consumer, said)

    def _say(self, step: AnyStep) -> Said:
        match step:
            case Welcome():
                return Said(kind="welcome", lp_event=self._tag(self.consumer.welcome(step.last_consumer_message)))
            case Say():
                return self._write_text(self._random.choice(step.texts))
            case Click():
                wanted = [button for button in self._buttons if button.title == step.button] or self._buttons
                if not wanted:
                    return self._write_text(step.otherwise)
                button = self._random.choice(wanted)
                return self._write_text(button.text, *button.metadata)
            case SendRich():
                lp_event = self._tag(self.consumer.rich(step.content))
                return Said(kind="rich content", lp_event=lp_event, data=step.content)
            case SendFile():
                return Said(kind="file", lp_event=self._tag(self.consumer.file(**step.file)), data=dict(step.file))
            case _:
                assert_never(step)

    def _write_text(self, text: str, *metadata: object) -> Said:
        return Said(kind="text", lp_event=self._tag(self.consumer.text(text, *metadata)), text=text)

    def _tag(self, lp_event: Json) -> Json:
        """Add what LivePerson adds to every event of the channel; on chat the key is all that names the conversation."""
        if self.consumer.channel == "CHAT":
            return {**lp_event, "chatSessionKey": self.id}
        return {**lp_event, "serverTimestamp": int(time.time() * 1000), "__isMe": False}


def make_sdes(random: Random) -> Json:
    """Make a consumer's engagement attributes (docs/contract/custom-integration.md section 1.4)."""
    number = random.randrange(10**8)
    customer = {"type": "ctmrinfo", "info": {"customerId": f"c{number}", "ctype": random.choice(("gold", "silver"))}}
    cart = {"type": "cart", "total": random.choice(CARTS), "currency": "EUR", "numItems": random.randrange(5)}
    return {
        "authenticatedSdes": {"customerInfo": {"customerInfo": customer, "type": "ctmrinfo", "acr": "loa1"}},
        "unauthenticatedSdes": {"cartStatus": {"cartStatus": cart, "serverTimeStamp": 1796083200000 + number}},
    }
