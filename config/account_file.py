"""Check one account file: its shape, its vendors' settings, and what it refers to.

Every check goes on where the one before found something, so that all problems are told at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from config.explain import NO_VALUE, Fault, find_faults, validate
from config.layers import Layers
from config.models import Account, Bot
from config.parsed import Document
from config.problems import Report
from config.references import References
from config.sections import AccountFile, BotSection
from config.sharing import Sharing
from gateway.contract.types import AccountId, BotName
from vendors.registry import VENDORS

DRAFT: Final = "draft"
"""The one environment of a bot that names none (docs/contract/custom-endpoint.md)."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What the checks of all files of a folder have in common."""

    references: References
    sharing: Sharing

    @classmethod
    def begin(cls) -> "Checks":
        """Begin anew: what was found wrong may have been mended."""
        return cls(References(), Sharing())


@dataclass(frozen=True, slots=True)
class _Settings:
    """A bot's settings as its vendor's model, and those of its environments."""

    own: BaseModel
    environments: dict[str, BaseModel]


def check_account(document: Document, report: Report, checks: Checks | None = None) -> Account | None:
    """Check a file. Problems go to `report`; None when there are any, those of reading the file included.

    Raise LinesUnknown for the first problem of a document that was read without its lines.
    """
    checks = checks or Checks.begin()
    bots = _lay_bots_over_defaults(document)
    merged = dict(document.value)
    if bots:
        merged["bots"] = merged["bots"] | {name: layers.merged for name, layers in bots.items()}

    whole = Layers(document, ())
    for fault in _find_faults_of_defaults(document):
        _report_fault(fault, whole, report)
    checked, faults = validate(AccountFile, merged)
    for fault in faults:
        match fault.path:
            case ("bots", str(name), *rest) if name in bots and rest != ["[key]"]:
                _report_fault(Fault(fault.kind, tuple(rest), fault.text), bots[name], report)
            case _:
                _report_fault(fault, whole, report)
    for path in document.nulls:
        # After the rest, which knows more of some: an unknown key, for one.
        report.add(document.line(path), path, NO_VALUE)
    settings: dict[str, _Settings] = {}
    for name, layers in bots.items():
        if (found := _check_settings(layers, report)) is not None:
            settings[name] = found
        checks.references.check(layers, document.value.get("skills"), report)
    return None if report.problems or checked is None else _build(report.file, checked, settings, checks.sharing)


def _lay_bots_over_defaults(document: Document) -> dict[str, Layers]:
    """Give the bots that are mappings, each over the account's defaults."""
    bots = document.value.get("bots")
    if not isinstance(bots, dict):
        return {}
    defaults = [("defaults",)] if isinstance(document.value.get("defaults"), dict) else []
    names = [name for name, value in bots.items() if isinstance(value, dict)]
    return {name: Layers(document, ("bots", name), *defaults) for name in names}


def _find_faults_of_defaults(document: Document) -> Iterator[Fault]:
    """Check defaults by themselves too: there may be no bot that inherits them."""
    defaults = document.value.get("defaults")
    if isinstance(defaults, dict):
        # With what a bot must have and adds, so that nothing is missing where all is well.
        for fault in find_faults(BotSection, {"vendor": next(iter(VENDORS)), "settings": {}, **defaults}):
            if fault.kind != "missing":
                yield Fault(fault.kind, ("defaults", *fault.path), fault.text)


def _report_fault(fault: Fault, layers: Layers, report: Report) -> None:
    """Report a fault of a merged value at the place where that value was written."""
    place, rest = layers.place(fault.path)
    # What else is left over of the path are pydantic's own steps: the member of a union, "[key]".
    path = (*place, *rest) if fault.kind == "missing" else place
    report.add(layers.line(place), path, fault.text)


def _lay_environments_over_bot(layers: Layers) -> dict[str, Layers]:
    """Give the settings of each environment, over those of the bot."""
    environments = layers.merged.get("environments")
    if not isinstance(environments, dict):
        return {}
    return {
        name: layers.below(("environments", name, "settings"), ("settings",))
        for name, environment in environments.items()
        if isinstance(environment, dict) and isinstance(environment.get("settings"), dict)
    }


def _check_settings(layers: Layers, report: Report) -> _Settings | None:
    """Check a bot's settings, and those of its environments, against the model of its vendor."""
    vendor, settings = layers.merged.get("vendor"), layers.merged.get("settings")
    if not isinstance(vendor, str) or vendor not in VENDORS or not isinstance(settings, dict):
        return None
    model = VENDORS[vendor].load_settings()
    own, known = validate(model, settings)
    for fault in known:
        _report_fault(fault, layers.below(("settings",)), report)
    environments: dict[str, BaseModel] = {}
    for name, variant in _lay_environments_over_bot(layers).items():
        made, faults = validate(model, variant.merged)
        for fault in faults:
            if fault not in known:  # what is wrong with the bot itself is told once
                _report_fault(fault, variant, report)
        if made is not None:
            environments[name] = made
    return None if own is None else _Settings(own, environments or {DRAFT: own})


def _build(file: str, checked: AccountFile, settings: dict[str, _Settings], sharing: Sharing) -> Account:
    return Account(
        file=file,
        account=AccountId(checked.account),
        auth=checked.auth,
        skills=None if checked.skills is None else frozenset(checked.skills),
        image_hosts=None if checked.image_hosts is None else frozenset(checked.image_hosts),
        limits=sharing.share(checked.limits),
        bots={BotName(name): _build_bot(name, bot, settings[name], sharing) for name, bot in checked.bots.items()},
        features=sharing.share(checked.features),
        custom_endpoint=checked.custom_endpoint,
    )


def _build_bot(name: str, bot: BotSection, settings: _Settings, sharing: Sharing) -> Bot:
    return Bot(
        name=BotName(name),
        vendor=bot.vendor,
        channel=bot.channel,
        settings=settings.own,
        hooks=bot.hooks,
        retry=sharing.share(bot.retry),
        timeouts=sharing.share(bot.timeouts),
        breaker=sharing.share(bot.breaker),
        limits=sharing.share(bot.limits),
        escalation=sharing.share(bot.escalation),
        structured_content=bot.structured_content,
        environments=settings.environments,
    )
