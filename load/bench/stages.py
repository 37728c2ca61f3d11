"""What each stage of a turn costs: py-spy looks at a loaded gateway hundreds of times a second, each look is put to a stage.

A look is a stack of frames. From the innermost outwards, the first frame that the table below knows says which stage it was; what
the table does not know (JSON, URLs, headers) belongs to whoever called it. A stage's share of the looks, times the CPU time
per event measured just before without py-spy, is what it costs. The process is not changed: it is the gateway as it is served.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from load.bench.client import Crowd
from load.bench.compare import WARM_UP
from load.bench.meters import read_cpu
from load.bench.subjects import FLOOR, Stage, run_floor, run_gateway

RATE: Final = 400
"""Looks a second."""
SECONDS: Final = 4
IDLE: Final = re.compile(r"(^|\.)(_worker|wait|select|accept) ")
"""Innermost frames of threads that wait; py-spy takes some of them for busy."""
OTHER: Final = "other"

TABLE: Final = tuple(
    (stage, re.compile(pattern))
    for stage, pattern in (
        ("log", r"\(structlog/|gateway/telemetry/logging|gateway/reporting"),
        ("metrics", r"\(prometheus_client/|gateway/telemetry/|gateway/status"),
        ("sign", r"\(awscrt/|vendors/lex/(signing|access)|vendors/dialogflow/(signing|credentials)"),
        ("sign", r"\(vendors/watson/(iam|connection)|google/auth/|ibm_cloud_sdk_core/"),
        ("verify", r"\(gateway/contract/(reply|structured)"),
        ("encode", r"(^|\.)(render_reply|write_answer|render) \("),
        ("read", r"(^|\.)(_?read_\w+|json|json_object|remember) \((gateway/contract/draft|vendors)"),
        ("read", r"\(gateway/contract/draft|\(vendors/\w+/(content|messages|generic|payload|reading|texts)\."),
        ("decode", r"\(gateway/contract/event|(^|\.)_?(read_json|read_event|read_body|is_json) \(gateway/"),
        ("auth", r"\(gateway/ingress/(auth|signatures)|(^|\.)find_bot \("),
        ("order", r"\(gateway/(sessions/|openings)"),
        ("send", r"\(vendors/(http|exchange)|\(aiohttp/(client|connector)|\((ibm_watson|requests|grpc|google)/"),
        ("request", r"\(vendors/"),
        ("serve", r"\(aiohttp/web|\(gateway/ingress/"),
        ("steps", r"\(gateway/(?!contract/)|\(asyncio/timeouts|\(load/"),
        ("loop", r"(^|\.)(run|run_until_complete|_run_once) \("),
    )
)
"""Stage, and what a frame `function (file:line)` of it looks like; the first that fits counts."""
STAGES: Final[Mapping[str, str]] = {
    "serve": "HTTP in and out: aiohttp's server, routing, our handler",
    "decode": "the body to JSON, JSON to an event",
    "auth": "account, key, bot",
    "order": "the conversation's place in the line, its state, first answers kept for repeats",
    "request": "the vendor's request, as JSON and as bytes",
    "sign": "signature or token",
    "send": "HTTP to the vendor and back",
    "read": "the vendor's answer, from bytes to a reply",
    "verify": "the reply against LivePerson's rules",
    "encode": "the reply to bytes",
    "log": "the turn's line",
    "metrics": "counters, histograms, the bot's status",
    "steps": "what holds a turn together: the pipeline, deadline, limits, circuit, retries",
    "loop": "the event loop itself",
    OTHER: "what fits nowhere",
}
"""The stages, in the order in which a turn passes through them, and what they are."""


class SpyFailed(Exception):
    """py-spy could not look: on many systems it may only as root, or with ptrace allowed."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a row's CPU time goes."""

    row: str
    cpu_us: float
    """Per event."""
    looks: int
    stages: dict[str, float]
    """Microseconds per event."""


async def profile(stage: Stage, *, of_floor: bool = False, seconds: int = SECONDS, in_flight: int = 64) -> Profile:
    """Look at a row's gateway, or at its floor, under load."""
    running = run_floor(stage) if of_floor else run_gateway(stage)
    async with running as subject, Crowd(subject.target) as crowd:
        await crowd.drive(WARM_UP, in_flight)
        events, before = 2000, read_cpu(subject.pid)
        took = await crowd.drive(events, in_flight)
        cpu_us = (read_cpu(subject.pid) - before) / events * 1e6
        file = stage.directory / "stacks.txt"
        # More events than can be answered while py-spy looks.
        driving = asyncio.ensure_future(crowd.drive(round(events / took * seconds * 1.5), in_flight))
        try:
            await look(subject.pid, file, seconds)
        finally:
            await driving
    counted = count_stages((await asyncio.to_thread(file.read_text, "utf-8")).splitlines())
    looks = counted.total()
    name = FLOOR if of_floor else stage.row.name
    return Profile(name, cpu_us, looks, {name: counted[name] / looks * cpu_us for name in STAGES})


async def look(pid: int, file: Path, seconds: int) -> None:
    """Have py-spy write the stacks that it saw, and how often. Raise SpyFailed."""
    options = ("-p", str(pid), "-d", str(seconds), "-r", str(RATE), "-f", "raw", "-o", str(file))
    spy = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("py-spy")),
        "record",
        *options,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await spy.communicate()
    if spy.returncode:
        raise SpyFailed(f"py-spy: {told.decode().strip()}")


def count_stages(lines: Iterable[str]) -> Counter[str]:
    """Count looks by stage, from lines of `frame;frame;… COUNT`, outermost first."""
    counted: Counter[str] = Counter()
    for line in lines:
        stack, _, times = line.rpartition(" ")
        frames = stack.split(";")
        if not IDLE.search(frames[-1]):
            counted[find_stage(frames)] += int(times)
    return counted


def find_stage(frames: list[str]) -> str:
    """Find the stage of a stack, outermost frame first."""
    for frame in reversed(frames):
        for stage, pattern in TABLE:
            if pattern.search(frame):
                return stage
    return OTHER
