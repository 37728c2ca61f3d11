from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emulators.exports.imports import ImportRefused, import_bots, make_scripts

DATA = Path(__file__).parents[3] / "data" / "exports"


def copy(name: str, target: Path) -> Path:
    target.parent.mkdir(exist_ok=True)
    copied = shutil.copytree(DATA / name, target) if (DATA / name).is_dir() else shutil.copy(DATA / name, target)
    return Path(copied)


@pytest.mark.parametrize(
    ("file", "name", "id_"),
    [
        ("Parcel Desk (prod).json", "Parcel-Desk-prod", "PARCELDESK"),
        ("x.json", "x", "X000000000"),
        ("???.json", "bot", "BOT0000000"),
        ("\u00fcber_b\u00f6t.json", "ber-b-t", "BERBT00000"),
        (f"{'long-' * 20}name.json", "long-long-long-long-long-long-long-l", "LONGLONGLO"),
    ],
)
def test_names_and_ids_are_made_of_the_files_name(file: str, name: str, id_: str, tmp_path: Path) -> None:
    [imported] = import_bots([copy("lex-v1.json", tmp_path / file)])
    assert (imported.name, imported.id, imported.bot.name) == (name, id_, "ParcelDesk")


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    paths = [
        copy(name, tmp_path / str(number) / file)
        for number, (name, file) in enumerate(
            [
                ("lex-v1.json", "desk.json"),
                ("lex-v2", "Desk"),
                ("lex-v1.json", "desk00000.json"),
                ("dialogflow-es", "Desk"),
                ("watson-v2.json", "desk-2.json"),
            ]
        )
    ]
    assert [(each.name, each.id) for each in import_bots(paths)] == [
        ("desk", "DESK000000"),
        ("Desk-2", "DESK200000"),
        ("desk00000", "DESK000002"),
        ("Desk-3", "desk-3"),
        ("desk-2-2", "desk-2-2"),
    ]


def test_a_script_for_each_bot_by_vendor_and_id() -> None:
    imported = import_bots([DATA / "dialogflow-es", DATA / "lex-v2", DATA / "watson-v2.json"])
    assert {vendor: list(scripts) for vendor, scripts in make_scripts(imported).items()} == {
        "dialogflow-es": ["dialogflow-es"],
        "lex-v2": ["LEXV200000"],
        "watson-v2": ["watson-v2"],
        "watson-v1": ["watson-v2"],
    }


def test_problems_of_all_exports_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(ImportRefused) as refused:
        import_bots([tmp_path / "a.json", DATA / "lex-v2", tmp_path / "b.json"])
    assert str(refused.value).splitlines() == [
        f"{tmp_path}/a.json: $: must be an object, not an array",
        f"{tmp_path}/b.json: cannot be read: No such file or directory",
    ]
