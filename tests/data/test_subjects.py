from pathlib import Path

import pytest

from teni.data.subjects import read_subjects
from teni.errors import TeniError


def write(folder: Path, text: str) -> Path:
    path = folder / "s.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text", ["Who\nAda\nMax\n", "Row,subject\n1,Ada\n2,Max", 'Subject\r\n"Ada"\r\n Max \r\n']
)
def test_subjects_are_read(tmp_path: Path, text: str) -> None:
    assert read_subjects(write(tmp_path, text), 2).tolist() == ["Ada", "Max"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "s.csv: the file is empty; expected a header line and one subject an image"),
        (
            "A,B\n1,2\n",
            "s.csv: 2 columns, none called Subject; expected a column of that name, with a row for each image",
        ),
        (
            "Ada\nMax\n",
            "s.csv: 1 subject for 2 images (is its header line missing?); expected one row an image, "
            "in the order of the images",
        ),
        (
            "S\nAda\nMax\nTom\n",
            "s.csv: 3 subjects for 2 images; expected one row an image, in the order of the images",
        ),
        (
            "Row,Subject\n1,Ada\n2\n",
            "s.csv: 1 row cannot be used: row 2 (line 3): not the 2 fields of the header; "
            "correct it or take it out",
        ),
        ("Row,Subject\n1,Ada\n2,\n", "s.csv: row 2 has an empty Subject; give every row its own"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TeniError) as error:
        read_subjects(write(tmp_path, text), 2)
    assert str(error.value) == message
