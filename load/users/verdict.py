"""Sum a run up, and say what of it was not good enough: the thresholds that set the exit code."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from load.users.figures import Figures
from load.users.profile import Limits, Quantiles

Millis = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run in figures."""

    seconds: float
    events: int
    answered: int
    escalated: Mapping[str, int]
    failed: Mapping[str, int]
    repeats: int
    given_up: int
    conversations: int
    lost: int
    """Events without any answer; with a ledger also those that were answered and never came to a vendor."""
    doubled: int | None
    """Known only with a ledger of the vendors."""
    response_ms: Millis
    by_target: Mapping[str, Millis]
    """Door and vendor -> response times."""
    baseline_ms: Millis
    """Of the vendor asked itself; all None without one."""
    added_ms: Millis
    """What the gateway adds: the difference of the two distributions' quantiles."""

    @property
    def events_per_second(self) -> float:
        """Distinct events, whatever became of them."""
        return self.events / self.seconds if self.seconds else 0.0

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return {**asdict(self), "events_per_second": round(self.events_per_second, 1)}


def sum_up(figures: Figures, seconds: float) -> Summary:
    """Sum up what the users saw in so many seconds."""
    response, baseline = figures.all_times().quantiles(), figures.baseline.quantiles()
    return Summary(
        seconds=round(seconds, 1),
        events=figures.events,
        answered=figures.answered,
        escalated=dict(figures.escalated.most_common()),
        failed=dict(figures.failed.most_common()),
        repeats=figures.repeats,
        given_up=figures.given_up,
        conversations=figures.conversations,
        lost=figures.unanswered,
        doubled=None,
        response_ms=response,
        by_target={name: figures.responses[name].quantiles() for name in sorted(figures.responses)},
        baseline_ms=baseline,
        added_ms={name: subtract(response[name], baseline[name]) for name in response},
    )


def subtract(whole: float | None, part: float | None) -> float | None:
    """Give the difference, to the tenth, and never less than nothing: noise is no speed-up."""
    return None if whole is None or part is None else max(0.0, round(whole - part, 1))


def judge(summary: Summary, limits: Limits) -> list[str]:
    """Name every limit that the run is beyond."""
    return [
        *_judge_numbers(summary, limits),
        *_judge_times("response", summary.response_ms, limits.response_ms),
        *_judge_times("added", summary.added_ms, limits.added_ms),
    ]


def _judge_numbers(summary: Summary, limits: Limits) -> Iterator[str]:
    if summary.events < limits.least_events:
        yield f"{summary.events} events show nothing; at least {limits.least_events} are wanted"
    events = max(1, summary.events)
    for name, counts, allowed in (
        ("failed", summary.failed, limits.failed_share),
        ("escalated", summary.escalated, limits.escalated_share),
    ):
        number = sum(counts.values())
        if number / events > allowed:
            most = next(iter(counts))
            yield f"{number} events {name}, {number / events:.2%} of all; {allowed:.2%} are allowed; most often: {most}"
    if summary.lost > limits.lost:
        yield f"{summary.lost} events were lost; {limits.lost} are allowed"
    if summary.doubled is not None and summary.doubled > limits.doubled:
        yield f"{summary.doubled} events came to a vendor twice; {limits.doubled} are allowed"


def _judge_times(what: str, measured: Millis, limits: Quantiles) -> Iterator[str]:
    for name, allowed in limits.model_dump().items():
        if allowed is None:
            continue
        found = measured[name]
        if found is None:
            yield f"{what} {name} is limited to {allowed:g} ms, and was not measured"
        elif found > allowed:
            yield f"{what} {name} is {found:g} ms; {allowed:g} ms are allowed"


def judge_ledger(
    summary: Mapping[str, Any], answered: Mapping[str, int], ledger: Mapping[str, Any], limits: Limits
) -> dict[str, Any]:
    """Compare what was answered with what the vendors were given; give the summary with lost, doubled and problems completed."""
    taken = ledger["taken"]
    never_asked = sum((bits & ~taken.get(conversation, 0)).bit_count() for conversation, bits in answered.items())
    doubled = sum(times for _, _, times in ledger["doubled"])
    problems = list(summary["problems"])
    if never_asked and summary["lost"] + never_asked > limits.lost:
        problems.append(f"{never_asked} events were answered and never came to a vendor; {limits.lost} may be lost")
    if doubled > limits.doubled:
        problems.append(f"{doubled} events came to a vendor twice; {limits.doubled} are allowed")
    lost = summary["lost"] + never_asked
    return {**summary, "lost": lost, "doubled": doubled, "faults": ledger["faults"], "problems": problems}
