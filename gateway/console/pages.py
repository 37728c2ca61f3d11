"""The built pages, read once at start: nothing is read per request, and no path of a request ever reaches the disk."""

import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

INDEX: Final = "index.html"
ASSETS: Final = "assets/"
"""What lies below has a digest in its name, and so never changes."""
MIN_GZIP: Final = 1024
"""Bytes below which packing is not worth it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file, ready to be sent."""

    content: bytes
    packed: bytes | None
    """By gzip; None where that is not worth it."""
    kind: str
    cache: str


Pages = Mapping[str, Page]
"""By path below /console/."""
PAGES: Final = web.AppKey("pages", dict[str, Page])


def load_pages(folder: Path) -> dict[str, Page]:
    """Read all pages. Reads files: not on the event loop. Raise OSError."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _load(path, folder) for path in files}


async def get_page(request: web.Request) -> web.Response:
    """Give a file of the console: GET /console/… that is not its API."""
    name = request.match_info.get("name") or INDEX
    page = request.app[PAGES].get(name)
    if page is None:
        raise web.HTTPNotFound
    headers = {hdrs.CONTENT_TYPE: page.kind, hdrs.CACHE_CONTROL: page.cache, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if page.packed is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=page.packed, headers=headers | {hdrs.CONTENT_ENCODING: "gzip"})
    return web.Response(body=page.content, headers=headers)


def _load(path: Path, folder: Path) -> Page:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml"))
    name = path.relative_to(folder).as_posix()
    return Page(
        content,
        gzip.compress(content) if is_text and len(content) >= MIN_GZIP else None,
        f"{kind}; charset=utf-8" if is_text else kind,
        "public, max-age=31536000, immutable" if name.startswith(ASSETS) else "no-cache",
    )
