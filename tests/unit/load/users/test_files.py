from pathlib import Path

import pytest

from config.problems import ConfigProblems
from load.users.files import Section, read_model


class Garden(Section):
    trees: int
    gate: str = "open"


@pytest.mark.parametrize("text", ["trees: 3\ngate: ${env:GATE}\n", '{"trees": 3, "gate": "${env:GATE}"}'])
def test_yaml_and_json_are_read_alike(tmp_path: Path, text: str) -> None:
    (tmp_path / "garden").write_text(text)
    assert read_model(tmp_path / "garden", Garden, {"GATE": "shut"}) == Garden(trees=3, gate="shut")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "garden.yaml"
    file.write_text("trees: many\nroses: 1\n")
    with pytest.raises(ConfigProblems) as caught:
        read_model(file, Garden, {})
    assert str(caught.value).splitlines() == [
        f"{file}:1: trees: must be a whole number",
        f"{file}:2: roses: unknown key; did you mean trees?",
    ]
