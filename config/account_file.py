"""Check one account file: its shape, its vendors' settings, and what it refers to.

Every check goes on where the one before found something, so that all problems are told at once.
"""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from config.document import Document
from config.explain import NO_VALUE, Fault, find_faults
from config.layers import Layers
from config.models import Account, Bot
from config.problems import Report
from config.references import check_references
from config.sections import AccountFile, BotSection
from gateway.contract.types import AccountId, BotName
from vendors.registry import VENDORS

DRAFT: Final = "draft"
"""The one environment of a bot that names none (docs/contract/custom-endpoint.md)."""


def check_account(document: Document, report: Report) -> Account | None:
    """Check a file. Problems go to `report`; None when there are any, those of reading the file included."""
    bots = _lay_bots_over_defaults(document)
    merged = dict(document.value)
    if bots:
        merged["bots"] = merged["bots"] | {name: layers.merged for name, layers in bots.items()}

    whole = Layers(document, ())
    for fault in _find_faults_of_defaults(document):
        _report_fault(fault, whole, report)
    for fault in find_faults(AccountFile, merged):
        match fault.path:
            case ("bots", str(name), *rest) if name in bots and rest != ["[key]"]:
                _report_fault(Fault(fault.kind, tuple(rest), fault.text), bots[name], report)
            case _:
                _report_fault(fault, whole, report)
    for path in document.nulls:
        # After the rest, which knows more of some: an unknown key, for one.
        report.add(document.line(path), path, NO_VALUE)
    for layers in bots.values():
        _check_settings(layers, report)
        check_references(layers, document.value.get("skills"), report)
    return None if report.problems else _build(report.file, AccountFile.model_validate(merged), bots)


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
        for fault in find_faults(BotSection, defaults):
            if fault.kind != "missing":  # a bot adds what is missing
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


def _settings_model(vendor: Any) -> type[BaseModel] | None:
    return VENDORS[vendor].load_settings() if isinstance(vendor, str) and vendor in VENDORS else None


def _check_settings(layers: Layers, report: Report) -> None:
    """Check a bot's settings, and those of its environments, against the model of its vendor."""
    model = _settings_model(layers.merged.get("vendor"))
    if model is None or not isinstance(layers.merged.get("settings"), dict):
        return
    settings = layers.below(("settings",))
    known = find_faults(model, settings.merged)
    for fault in known:
        _report_fault(fault, settings, report)
    for variant in _lay_environments_over_bot(layers).values():
        for fault in find_faults(model, variant.merged):
            if fault not in known:  # what is wrong with the bot itself is told once
                _report_fault(fault, variant, report)


def _build(file: str, checked: AccountFile, bots: dict[str, Layers]) -> Account:
    return Account(
        file=file,
        account=AccountId(checked.account),
        auth=checked.auth,
        skills=None if checked.skills is None else frozenset(checked.skills),
        image_hosts=None if checked.image_hosts is None else frozenset(checked.image_hosts),
        limits=checked.limits,
        bots={BotName(name): _build_bot(name, bot, bots[name]) for name, bot in checked.bots.items()},
        features=checked.features,
        custom_endpoint=checked.custom_endpoint,
    )


def _build_bot(name: str, bot: BotSection, layers: Layers) -> Bot:
    model = VENDORS[bot.vendor].load_settings()
    settings = model.model_validate(bot.settings)
    environments = _lay_environments_over_bot(layers)
    return Bot(
        name=BotName(name),
        vendor=bot.vendor,
        channel=bot.channel,
        settings=settings,
        hooks=bot.hooks,
        retry=bot.retry,
        timeouts=bot.timeouts,
        breaker=bot.breaker,
        limits=bot.limits,
        escalation=bot.escalation,
        structured_content=bot.structured_content,
        environments={name: model.model_validate(variant.merged) for name, variant in environments.items()}
        or {DRAFT: settings},
    )
