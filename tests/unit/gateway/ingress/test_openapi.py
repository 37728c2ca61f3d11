import orjson
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway import __version__
from gateway.ingress.openapi import load_document

DOCUMENT = orjson.loads(load_document())


def test_the_document_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_it_has_the_version_that_serves_it() -> None:
    assert (DOCUMENT["openapi"], DOCUMENT["info"]["version"]) == ("3.1.0", __version__)


def test_every_component_is_used() -> None:
    text = orjson.dumps(DOCUMENT).decode()
    names = [
        f"#/components/{kind}/{name}"
        for kind, parts in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in parts
    ]
    assert [name for name in names if f'"{name}"' not in text] == []
