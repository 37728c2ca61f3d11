"""`botbridge chat`: talk to a bot in the terminal, hooks, retries and escalation included."""

import asyncio
import sys
from uuid import uuid4

from gateway.cli.options import AccountArgument, BotArgument, ConfigOption, load_or_exit

HELP = "Write to the bot. /raw shows the last request and answer of the vendor, /welcome starts like LivePerson does, /quit ends."


def chat(config: ConfigOption, account: AccountArgument, bot: BotArgument) -> None:
    """Talk to a bot. /raw shows the vendor's last request and answer, /welcome sends the welcome event, /quit ends."""
    loaded = load_or_exit(config)

    import uvloop

    from gateway.cli.conversation import Talk

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        talk = Talk(loaded, account, bot, conversation_id=str(uuid4()))
        runner.run(talk.open())
        try:
            talk.transcript.note(HELP)
            # Read here, between runs of the loop, so that Ctrl-C ends the command and not a thread.
            while (line := _read_line()) is not None and line != "/quit":
                runner.run(talk.say(line))
        except KeyboardInterrupt:
            talk.transcript.console.print()
        finally:
            runner.run(talk.close())


def _read_line() -> str | None:
    """Read the next line that is not blank; None at the end."""
    prompt = "you > " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt).strip()
        except EOFError:
            return None
        if line:
            return line
