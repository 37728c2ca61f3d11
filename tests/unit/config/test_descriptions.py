from typing import ClassVar

import pytest
from pydantic import BaseModel, Field

from config.descriptions import describe_fields
from config.explain import find_models
from config.sections import AccountFile, BotSection
from vendors.registry import VENDORS


class Base(BaseModel):
    """What others inherit."""

    region: str
    """Where it is."""
    kept: ClassVar[str] = ""
    """No field."""
    silent: str = ""


class Model(Base):
    """With fields of its own."""

    region: str = "x"
    """Where it is,
    in other words."""
    options: dict[str, str] = Field(default_factory=dict, alias="with")
    """Given by another name."""
    told: str = Field("", description="as it says itself")
    """Not this."""

    def method(self) -> None:
        """Do nothing."""


def test_the_docstrings_of_fields_are_found() -> None:
    assert describe_fields(Base) == {"region": "Where it is."}
    assert describe_fields(Model) == {"region": "Where it is,\nin other words.", "with": "Given by another name."}


@pytest.mark.parametrize(
    "model",
    [AccountFile, BotSection, *dict.fromkeys(vendor.load_settings() for vendor in VENDORS.values())],
    ids=lambda m: m.__name__,
)
def test_every_key_of_an_account_file_is_described(model: type[BaseModel]) -> None:
    for part in (model, *(found for field in model.model_fields.values() for found in find_models(field.annotation))):
        described = describe_fields(part)
        assert {
            field.alias or name
            for name, field in part.model_fields.items()
            if not field.description and (field.alias or name) not in described
        } == set()
