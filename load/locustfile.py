"""Load for botbridge, by locust: `locust -f load/locustfile.py --host URL --profile NAME --targets FILE`. See docs/load.md.

`make load` runs it against a deployment that it starts itself.
"""

import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any, Final

from locust import LoadTestShape, events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from config.problems import ConfigProblems
from gateway.contract.wire import dumps
from load.users.figures import Figures
from load.users.kit import Options, open_kit
from load.users.liveperson import LivePersonUser
from load.users.profile import PROFILES
from load.users.talks import TALKS
from load.users.verdict import judge, sum_up

DEFAULT_PROFILE: Final = "steady-day"
LAST_REPORTS: Final = 5.0
"""Seconds."""


class Consumers(LivePersonUser):
    """The users of the run."""


class ProfileShape(LoadTestShape):
    """As many users as the profile says; --users and --run-time, or the fields of locust's page, stretch it."""

    use_common_options = True

    def tick(self) -> tuple[int, float] | None:
        """Give (users, users per second to get there); None at the end."""
        if self.runner is None:
            raise RuntimeError("locust asks for users before there is a run")
        profile, options = Consumers.kit.profile, _options(self.runner.environment)
        elapsed = self.get_run_time()  # type: ignore[no-untyped-call] # locust's own, without types
        users = profile.users_at(elapsed, seconds=options.run_time, users=options.num_users)
        if users is not None:
            return max(1, users), options.spawn_rate
        Consumers.kit.stop()
        # When a run of several processes ends, locust waits half a second for the last reports; they come every three seconds.
        is_late = elapsed > (options.run_time or profile.seconds) + LAST_REPORTS
        return None if is_late or not isinstance(self.runner, MasterRunner) else (0, options.num_users)


def add_options(parser: LocustArgumentParser) -> None:
    """Add the kit's options. `--profile` is locust's own: the name also stands in the report."""
    group = parser.add_argument_group("botbridge", f"--profile names a file of {PROFILES.parent.name}/{PROFILES.name}")
    for name, meaning in (
        ("targets", "YAML or JSON file of accounts, bots and keys (docs/load.md)"),
        ("talks", "file of what consumers do"),
        ("summary", "file to write the run's figures to, as JSON"),
        ("answered", "file to write the answered events to, to compare with a vendor's record"),
    ):
        group.add_argument(
            f"--{name}", metavar="FILE", env_var=f"BOTBRIDGE_LOAD_{name.upper()}", default="", help=meaning
        )
    group.add_argument("--seed", type=int, default=1, env_var="BOTBRIDGE_LOAD_SEED", help="repeats what consumers do")


def open_for(environment: Environment, **_: Any) -> None:
    """Read the files, or tell what is wrong with them and end."""
    options = _options(environment)
    try:
        Consumers.kit = open_kit(
            Options(
                profile=options.profile or DEFAULT_PROFILE,
                targets=Path(options.targets) if options.targets else None,
                talks=Path(options.talks) if options.talks else TALKS,
                seed=options.seed,
                keeps_answers=bool(options.answered),
            ),
            os.environ,
        )
    except ConfigProblems as found:
        sys.exit("\n".join(map(str, found.problems)))
    # Filled in now: later locust takes 1 for what was not given, and its page shows these.
    profile = Consumers.kit.profile
    options.num_users = options.num_users or profile.users
    options.spawn_rate = options.spawn_rate or profile.spawn_rate
    if not environment.host:
        sys.exit("--host is needed: the address of the gateway")


def start_counting(**_: Any) -> None:
    """Forget the run before."""
    Consumers.kit.start()


def stop_counting(**_: Any) -> None:
    """Note how long it took, unless the shape has."""
    Consumers.kit.stop()


def hand_over(data: dict[str, Any], **_: Any) -> None:
    """Give the main process what this one counted since the last time."""
    figures, Consumers.kit.figures = Consumers.kit.figures, Figures()
    data["botbridge"] = figures.dump()


def take_over(data: dict[str, Any], **_: Any) -> None:
    """Add what another process counted."""
    Consumers.kit.figures.merge(data["botbridge"])


def judge_run(environment: Environment, **_: Any) -> None:
    """Sum up, write the files that were asked for, and set the exit code by the profile's limits."""
    if isinstance(environment.runner, WorkerRunner):
        return
    kit, options = Consumers.kit, _options(environment)
    summary = sum_up(kit.figures, kit.seconds)
    problems = judge(summary, kit.profile.limits)
    if options.summary:
        Path(options.summary).write_bytes(dumps({**summary.plain(), "problems": problems}))
    if options.answered:
        Path(options.answered).write_bytes(dumps(kit.figures.taken))
    for problem in problems:
        sys.stderr.write(f"not good enough: {problem}\n")
    environment.process_exit_code = int(bool(problems))


def _options(environment: Environment) -> Namespace:
    options: Namespace | None = environment.parsed_options
    if options is None:
        raise RuntimeError("locust was started without a command line")
    return options


for event, listener in (
    (events.init_command_line_parser, add_options),
    (events.init, open_for),
    (events.test_start, start_counting),
    (events.test_stop, stop_counting),
    (events.report_to_master, hand_over),
    (events.worker_report, take_over),
    (events.quitting, judge_run),
):
    event.add_listener(listener)  # type: ignore[no-untyped-call] # locust has types, but for its events
