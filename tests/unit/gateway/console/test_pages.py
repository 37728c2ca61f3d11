import gzip
from pathlib import Path

from gateway.console.pages import Page, load_pages

SCRIPT = b"export const answer = 42;\n" * 100


def test_pages_are_read_once_with_what_their_answers_need(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(b"<!doctype html>")
    (tmp_path / "icon.svg").write_bytes(b"<svg/>")
    (tmp_path / "assets" / "index-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "face-1a2b.woff2").write_bytes(SCRIPT)
    pages = load_pages(tmp_path)
    packed = pages["assets/index-1a2b.js"].packed
    assert packed is not None
    assert gzip.decompress(packed) == SCRIPT
    forever = "public, max-age=31536000, immutable"
    assert pages == {
        "index.html": Page(b"<!doctype html>", None, "text/html; charset=utf-8", "no-cache"),
        "icon.svg": Page(b"<svg/>", None, "image/svg+xml; charset=utf-8", "no-cache"),
        "assets/index-1a2b.js": Page(SCRIPT, packed, "text/javascript; charset=utf-8", forever),
        "assets/face-1a2b.woff2": Page(SCRIPT, None, "font/woff2", forever),
    }
