"""Read the kit's files (targets, profiles, talks) into models: YAML or JSON, every problem told with its line."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from config.document import read_document
from config.explain import find_faults
from config.files import Unreadable, read_file
from config.problems import ConfigProblems, Report
from config.secrets import Secrets

M = TypeVar("M", bound=BaseModel)


class Section(BaseModel):
    """A part of one of the kit's files: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def read_model(path: Path, model: type[M], environ: Mapping[str, str]) -> M:
    """Read a file, with `${env:NAME}` and `${file:PATH}` replaced in its strings. Raise ConfigProblems with all that is wrong."""
    report = Report(str(path))
    secrets = Secrets(path.parent, environ)
    try:
        document = read_document(read_file(path), secrets=secrets, report=report)
    except Unreadable as error:
        report.add(1, (), str(error))
        document = None
    if document is not None:
        for fault in find_faults(model, document.value):
            report.add(document.line(fault.path), fault.path, fault.text)
    if document is None or report.problems:
        raise ConfigProblems(report.problems)
    return model.model_validate(document.value)
