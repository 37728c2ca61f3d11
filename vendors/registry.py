"""The vendors by name. A new vendor is one new folder, and one line here.

Paths are strings so that naming a vendor imports nothing: `settings` brings no SDK, `client` does, when an account is
configured for it.
"""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic import BaseModel

    from gateway.contract.ports import Vendor
    from vendors.services import Services


@dataclass(frozen=True, slots=True)
class Registration:
    """Where a vendor lives: `module:Class` of its settings model, and of its client."""

    settings: str
    client: str

    def load_settings(self) -> "type[BaseModel]":
        """Import the settings model."""
        found: type[BaseModel] = _load(self.settings)
        return found

    def load_client(self) -> None:
        """Import the client, with its SDK, so that `create` takes no time."""
        _load(self.client)

    def create(self, settings: "BaseModel", services: "Services") -> "Vendor":
        """Make a bot's client, which imports its SDK where nothing has done so. No I/O: that is `open`'s."""
        vendor: Vendor = _load(self.client)(settings, services)
        return vendor


VENDORS: Final = {
    "lex-v2": Registration("vendors.lex.settings:LexV2Settings", "vendors.lex.client:LexV2"),
    "dialogflow-es": Registration(
        "vendors.dialogflow.settings:DialogflowEsSettings", "vendors.dialogflow.client:DialogflowEs"
    ),
    "dialogflow-cx": Registration(
        "vendors.dialogflow.settings:DialogflowCxSettings", "vendors.dialogflow.client_cx:DialogflowCx"
    ),
    "watson-v1": Registration("vendors.watson.settings:WatsonV1Settings", "vendors.watson.client_v1:WatsonV1"),
    "watson-v2": Registration("vendors.watson.settings:WatsonV2Settings", "vendors.watson.client:WatsonV2"),
    "function": Registration("vendors.function.settings:FunctionSettings", "vendors.function.client:create"),
}


def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
