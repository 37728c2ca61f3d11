import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from gateway.lint.findings import Refusal
from gateway.lint.sources import MAX_SIZE, Source, find_sources, open_export


def make_zip(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_reads_the_json_files_of_a_zip() -> None:
    data = make_zip(
        {"a/b.json": b"1", "c\\d.JSON": b"2", "e.txt": b"3", "__MACOSX/._b.json": b"4", "f.json/": b""},
    )

    assert open_export("x.zip", data) == Source("x.zip", False, {"a/b.json": b"1", "c/d.JSON": b"2"})


def test_what_is_no_zip_is_taken_for_json() -> None:
    assert open_export("x.zip", b"{}") == Source("x.zip", False, {"": b"{}"})


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    data = bytearray(make_zip({"a.json": b"1"}))
    # The size that the directory of the zip claims: 24 bytes into its entry.
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (MAX_SIZE + 1).to_bytes(4, "little")

    refused = open_export("x.zip", bytes(data))

    assert refused == Refusal("x.zip", "holds more than 50000 files, or more than 268435456 bytes")


@pytest.mark.parametrize(
    "spoilt",
    [b"PK", b"PK\x03\x04 and nothing more", make_zip({"a.json": b"1" * 99})[:-30]],
    ids=["two bytes", "head", "all but its end"],  # a zip holds the time at which it was made
)
def test_a_zip_that_is_cut_is_refused(spoilt: bytes) -> None:
    assert open_export("x.zip", spoilt) == Refusal("x.zip", "is a zip file that cannot be read: File is not a zip file")


def test_a_zip_with_a_password_is_refused() -> None:
    data = bytearray(make_zip({"a.json": b"1"}))
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(start) + flags] |= 1

    refused = open_export("x.zip", bytes(data))

    assert isinstance(refused, Refusal)
    assert refused.reason.startswith("is a zip file that cannot be read: ")
    assert "password required" in refused.reason


def test_an_unpacked_export_is_one_source_and_its_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "bot" / "intents").mkdir(parents=True)
    (tmp_path / "bot" / "agent.json").write_text("{}")
    (tmp_path / "bot" / "intents" / "a.json").write_text("1")
    (tmp_path / "bot" / "notes.txt").write_text("2")
    (tmp_path / "z.json").write_text("3")

    assert list(find_sources(tmp_path)) == [
        Source(str(tmp_path / "bot"), True, {"agent.json": b"{}", "intents/a.json": b"1"}),
        Source(str(tmp_path / "z.json"), False, {"": b"3"}),
    ]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"

    assert list(find_sources(missing)) == [Refusal(str(missing), "cannot be read: No such file or directory")]


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="its file names are always Unicode")
def test_a_name_whose_bytes_are_no_text_is_written_so_that_reports_can_hold_it(tmp_path: Path) -> None:
    (tmp_path / "b\udcff.json").write_bytes(b"{}")

    assert list(find_sources(tmp_path)) == [Source(f"{tmp_path}/b?.json", False, {"": b"{}"})]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_that_leads_back_up_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "bots").mkdir()
    (tmp_path / "bots" / "a.json").write_text("{}")
    (tmp_path / "bots" / "up").symlink_to(tmp_path, target_is_directory=True)

    assert list(find_sources(tmp_path)) == [Source(f"{tmp_path}/bots/a.json", False, {"": b"{}"})]
