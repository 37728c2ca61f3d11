"""Measure the subjects of a row in turns (A B C A B C …), so that a noisy moment meets all of them alike."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from load.bench.client import Crowd
from load.bench.connection import WrongAnswer
from load.bench.figures import Measured, Sample
from load.bench.latency import Latency, measure_latency
from load.bench.meters import Counter, read_memory, read_tree_cpu
from load.bench.recording import read_messages
from load.bench.subjects import GATEWAY, USUAL, Stage, Subject, find_subjects

WARM_UP: Final = 600
"""Events before the first round: every conversation has been opened by then, every code path taken."""
USUAL_SHARE: Final = 0.4
"""The usual way is so slow that fewer events tell as much."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int = 3
    events: int = 3000
    in_flight: int = 64
    instructions: bool = False
    """Whether the machine counts them."""
    subjects: Sequence[str] = ()
    """Only these; all where empty."""
    latency_seconds: float = 0.0
    """For how long events arrive in a round at half of the measured rate, to see what time they take; 0: not at all."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was measured of a row."""

    measured: list[Measured]
    latency: Latency | None
    """The gateway's; None where it was not asked for, or the vendor speaks gRPC."""


async def compare(stage: Stage, plan: Plan, tell: Callable[[str], None]) -> Comparison:
    """Run all subjects of a row at once, and drive one at a time, round after round."""
    runs = {name: run for name, run in find_subjects(stage).items() if name in (plan.subjects or (name,))}
    async with AsyncExitStack() as held:
        subjects, crowds, measured = [], {}, {}
        tell(f"{stage.row.name}: starting")
        for name, run in runs.items():
            subject = await held.enter_async_context(run(stage))
            crowd = await held.enter_async_context(Crowd(subject.target))
            await crowd.drive(WARM_UP, plan.in_flight)
            check_messages(subject, stage)
            subjects.append(subject)
            crowds[name] = crowd
            measured[name] = Measured(stage.row.name, name)
        for number in range(plan.rounds):
            tell(f"{stage.row.name}: round {number + 1} of {plan.rounds}")
            for subject in subjects:
                measured[subject.name].samples.append(await take_sample(subject, crowds[subject.name], plan))
        for subject in subjects:
            measured[subject.name].mib = read_memory(subject.pid)
        latency = None
        gateway = next((subject for subject in subjects if subject.name == GATEWAY), None)
        if gateway is not None and plan.latency_seconds and not stage.row.is_grpc:
            tell(f"{stage.row.name}: latency at half of capacity")
            rate = measured[GATEWAY].per_second
            latency = await measure_latency(stage, gateway, crowds[GATEWAY], rate, plan.latency_seconds)
    return Comparison(list(measured.values()), latency)


async def take_sample(subject: Subject, crowd: Crowd, plan: Plan) -> Sample:
    """Drive one subject once."""
    events = int(plan.events * USUAL_SHARE) if subject.name == USUAL else plan.events
    counter = Counter(subject.pid) if plan.instructions else None
    async with AsyncExitStack() as held:
        if counter is not None:
            await held.enter_async_context(counter)
        before = sum(read_tree_cpu(subject.pid).values())
        seconds = await crowd.drive(events, plan.in_flight)
        cpu = sum(read_tree_cpu(subject.pid).values()) - before
    instructions = None if counter is None or counter.count is None else counter.count / events
    return Sample(cpu / events * 1e6, events / seconds, instructions)


def check_messages(subject: Subject, stage: Stage) -> None:
    """See to it that a subject answers the messages that the gateway answers. Raise WrongAnswer."""
    expected = subject.target.expected or b""
    if read_messages(expected) != read_messages(stage.recording.answer):
        raise WrongAnswer(f"{subject.name} of {stage.row.name} answers something else: {expected.decode()}")
