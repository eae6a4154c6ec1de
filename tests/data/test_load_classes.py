"""Class folders and labels CSVs as people have them: mixed, odd, broken."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from picture_folders import animals, picture, write_folder, write_zip
from teni.data import PictureOptions, load
from teni.errors import TeniError
from teni.task import Classes, Keypoints


def message_of(path: Path, **options: object) -> str:
    with pytest.raises(TeniError) as error:
        load(path, **options)  # type: ignore[arg-type]
    return str(error.value)


def test_a_folder_a_class(tmp_path: Path) -> None:
    data = load(write_folder(tmp_path, animals()))
    assert data.task == Classes(("cat", "dog"), 6, 8)
    assert data.targets is not None
    assert (data.targets.dtype, data.targets.tolist()) == (np.int64, [0, 0, 0, 1, 1, 1])
    assert data.ids.tolist() == ["cat/1.png", "cat/2.png", "cat/3.png", "dog/1.png", "dog/2.png", "dog/3.png"]
    assert (data.images.shape, data.images.dtype) == ((6, 6, 8, 1), np.uint8)
    assert data.images.mean(axis=(1, 2, 3)).round().tolist() == pytest.approx(
        [41, 42, 43, 181, 182, 183], abs=3
    )
    assert data.subjects is None
    assert data.notes == ()


def test_a_zip_gives_the_same_with_a_folder_around_it_or_not(tmp_path: Path) -> None:
    folder = load(write_folder(tmp_path / "a", animals()))
    plain = load(write_zip(tmp_path / "plain.zip", animals()))
    around = load(write_zip(tmp_path / "around.zip", {f"animals/{name}": c for name, c in animals().items()}))
    assert folder.fingerprint == plain.fingerprint == around.fingerprint


def test_classes_and_files_in_natural_order(tmp_path: Path) -> None:
    files = {f"{digit}/img{i}.png": picture(10 * digit + i) for digit in (10, 9, 2) for i in (10, 9)}
    data = load(write_folder(tmp_path, files))
    assert data.task.names == ("2", "9", "10")
    assert data.ids.tolist()[:2] == ["2/img9.png", "2/img10.png"]


def test_what_systems_leave_behind_is_passed_over_with_a_note(tmp_path: Path) -> None:
    rubbish = {".DS_Store": "x", "cat/.DS_Store": "x", "__MACOSX/cat/._1.png": "x", "dog/Thumbs.db": "x"}
    others = {"readme.txt": "x", "dog/notes.doc": "x"}
    path = write_folder(tmp_path / "a", animals() | rubbish | others)
    data = load(path)
    assert len(data) == 6
    assert data.notes == (
        f"{path}: 4 hidden files passed over (such as .DS_Store).",
        f"{path}: 2 files left out, no pictures by their names: dog/notes.doc, readme.txt.",
    )
    zipped = load(write_zip(tmp_path / "a.zip", animals() | rubbish | others))
    assert zipped.fingerprint == data.fingerprint
    assert zipped.notes[0] == "a.zip: 4 hidden files passed over (such as .DS_Store)."


def test_empty_folders_and_loose_pictures_are_noted(tmp_path: Path) -> None:
    path = write_folder(tmp_path, animals() | {"stray.png": picture(1), "owl/readme.txt": "none yet"})
    (path / "fox").mkdir()
    data = load(path)
    assert data.task.names == ("cat", "dog")
    assert f"{path}: 1 picture in no class folder left out." in data.notes
    assert f"{path}: 2 folders without pictures left out: fox, owl." in data.notes


def test_pictures_in_deeper_folders_belong_to_the_class(tmp_path: Path) -> None:
    path = write_folder(
        tmp_path, {"cat/tom/1.png": picture(1), "cat/kit/1.png": picture(2), "dog/1.png": picture(3)}
    )
    data = load(path)
    assert data.ids.tolist() == ["cat/kit/1.png", "cat/tom/1.png", "dog/1.png"]
    assert f"{path}: pictures in folders below a class folder belong to that class." in data.notes


def test_a_link_back_to_where_one_has_been_ends(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "data", animals())
    (path / "cat" / "loop").symlink_to(path)
    assert len(load(path)) == 6


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(8, 6)] * 4, (6, 8)),
        ([(300, 200)] * 4, (149, 224)),  # all alike, but larger than one needs
        ([(300, 200), (150, 100), (600, 400), (90, 60)], (149, 224)),
        ([(40, 30), (30, 40), (36, 36), (50, 20)], (40, 40)),
    ],
)
def test_one_size_for_all(tmp_path: Path, sizes: list[tuple[int, int]], expected: tuple[int, int]) -> None:
    files = {f"{'ab'[i % 2]}/{i}.png": picture(50 + i, size) for i, size in enumerate(sizes)}
    data = load(write_folder(tmp_path, files))
    assert (data.task.height, data.task.width) == expected
    assert data.images.shape[1:3] == expected


def test_resizing_is_said_and_pads_by_default(tmp_path: Path) -> None:
    files = {
        "a/1.png": picture(10, (20, 10)),
        "a/2.png": picture(10, (10, 20)),
        "b/3.png": picture(11, (20, 20)),
        "b/4.png": picture(12, (20, 20)),
    }
    path = write_folder(tmp_path, files)
    data = load(path)
    assert data.images.shape == (4, 20, 20, 1)
    assert (data.images[0, :5] == 128).all()
    assert data.images[0, 5:15].max() < 40
    assert data.notes == (
        f"{path}: 2 of 4 pictures (20x10 to 20x20 pixels) brought to 20x20, whole, with grey bars where the sides "
        "have another ratio.",
    )
    for resize in ("crop", "stretch"):
        other = load(path, pictures=PictureOptions(resize=resize))  # type: ignore[arg-type]
        assert other.images.max() < 40
        assert other.task == Classes(("a", "b"), 20, 20, resize)  # type: ignore[arg-type]
    assert load(path, pictures=PictureOptions(size=(5, 7))).images.shape == (4, 5, 7, 1)


def test_grey_stays_grey_and_a_mix_becomes_colour(tmp_path: Path) -> None:
    path = write_folder(
        tmp_path, animals() | {"owl/1.png": picture(90, mode="RGB"), "owl/2.png": picture(91)}
    )
    data = load(path)
    assert data.images.shape == (8, 6, 8, 3)
    assert f"{path}: 7 of 8 pictures grey, read in three equal channels." in data.notes
    assert load(path, pictures=PictureOptions(channels=1)).images.shape == (8, 6, 8, 1)


def test_pictures_stand_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = picture(50, (8, 4), kind="JPEG", exif=exif)
    files = {
        "a/1.jpg": lying,
        "a/2.jpg": lying,
        "b/2.png": picture(60, (4, 8)),
        "b/3.png": picture(70, (4, 8)),
    }
    data = load(write_folder(tmp_path, files))
    assert data.images.shape == (4, 8, 4, 1)
    assert data.notes == ()


def test_broken_pictures_are_left_out_counted_and_named(tmp_path: Path) -> None:
    cut = picture(5, (40, 40))[:200]
    path = write_folder(tmp_path, animals() | {"cat/4.png": "no picture", "dog/0.jpg": b"", "dog/4.png": cut})
    data = load(path)
    assert len(data) == 6
    assert data.notes[0].startswith(
        f"{path}: left out 3 pictures that cannot be read: {path}: cat/4.png: not a picture"
    )
    assert data.notes[0].count("dog/") == 2
    assert data.ids.tolist()[3] == "dog/1.png"


def test_a_class_of_one_image_is_noted(tmp_path: Path) -> None:
    path = write_folder(tmp_path, animals() | {"owl/1.png": picture(90)})
    assert load(path).notes == (
        f"{path}: 1 class has a single image (owl): whether it is recognised cannot be measured.",
    )


def test_one_image_in_two_classes_is_noted(tmp_path: Path) -> None:
    path = write_folder(tmp_path, animals() | {"dog/4.png": picture(41)})
    assert load(path).notes == (
        f"{path}: 1 image equals one of another class, the first cat/1.png and dog/4.png; one of the two labels is "
        "wrong.",
    )


def test_the_order_and_size_of_a_model(tmp_path: Path) -> None:
    task = Classes(("owl", "dog", "cat"), 4, 4, "crop")
    path = write_folder(tmp_path, animals())
    data = load(path, pictures=PictureOptions(like=task))
    assert data.task == task
    assert data.targets is not None
    assert data.targets.tolist() == [2, 2, 2, 1, 1, 1]
    assert message_of(path, pictures=PictureOptions(like=Classes(("cat", "owl"), 4, 4))) == (
        f"{path}: the class 'dog' is unknown to the model, which tells apart cat, owl; name the classes as the "
        "training data does"
    )


def test_subjects_from_a_table_of_files(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "a", animals(2))
    who = tmp_path / "who.csv"
    who.write_text("Subject,file\nTom,cat/1.png\nKit,cat/2.png\nRex,dog/2.png\nRex,dog/1.png\n")
    data = load(path, subjects=who)
    assert data.subjects is not None
    assert data.subjects.tolist() == ["Tom", "Kit", "Rex", "Rex"]
    who.write_text("Subject,file\nTom,cat/1.png\n")
    assert message_of(path, subjects=who) == (
        "who.csv: no subject for cat/2.png and 2 more; expected a row for each picture, its path as in cat/2.png"
    )
    who.write_text("Subject\nTom\n")
    assert message_of(path, subjects=who).startswith(
        "who.csv: found the columns Subject; expected one of pictures'"
    )
    who.write_text("Subject,file\n,cat/1.png\n")
    assert "row 1 (line 2): an empty Subject" in message_of(path, subjects=who)
    who.write_text("")
    assert message_of(path, subjects=who) == "who.csv: no header line; expected the columns file and subject"


LABELS = "name,file,breed,person\nx,1.png,cat,Tom\ny,2.png,dog,Rex\nz,3.png,,Rex\n"
PICTURES = {f"{i}.png": picture(50 * i) for i in (1, 2, 3)}


def test_a_labels_csv(tmp_path: Path) -> None:
    write_folder(tmp_path, PICTURES | {"4.png": picture(4), "labels.csv": LABELS})
    data = load(tmp_path / "labels.csv")
    assert data.task.names == ("cat", "dog")
    assert data.targets is not None
    assert data.targets.tolist() == [0, 1, -1]
    assert data.subjects is not None
    assert data.subjects.tolist() == ["Tom", "Rex", "Rex"]
    assert data.ids.tolist() == ["1.png", "2.png", "3.png"]
    assert data.notes == (
        "labels.csv: pictures from the column 'file', classes from 'breed', subjects from 'person'.",
        "labels.csv: columns that mean nothing here were ignored: name.",
        "labels.csv: 1 row without a class, not labelled.",
        "labels.csv: 1 picture beside it that no row names, left out.",
        f"{tmp_path}: 2 classes have a single image (cat, dog): whether it is recognised cannot be measured.",
    )
    folder = load(tmp_path)
    assert folder.fingerprint == data.fingerprint
    assert folder.notes[0].startswith(f"{tmp_path}: labels.csv: pictures from the column 'file'")


def test_a_labels_csv_in_a_zip(tmp_path: Path) -> None:
    plain = load(write_folder(tmp_path / "a", PICTURES | {"labels.csv": LABELS}))
    zipped = load(
        write_zip(tmp_path / "a.zip", {f"top/{n}": c for n, c in (PICTURES | {"labels.csv": LABELS}).items()})
    )
    assert zipped.fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    "table",
    [
        "id,breed\n1,cat\n2,dog\n3,cat\n",
        "image,label\ntrain/1.png,cat\ntrain/2.png,dog\ntrain/3.png,cat\n",
        "Image Path,Class Name\n./train/1.png,cat\ntrain\\2.png,dog\n3.png,cat\n",
        "what,it\n1.png,cat\n2.png,dog\n3.png,cat\n",
        'file,class\n"1.png","cat"\n2.png,dog\n3.png,cat\n',
        "\ufefffile,class\r\n1.png,cat\r\n2.png,dog\r\n3.png,cat\r\n",
    ],
)
def test_columns_and_files_under_their_usual_names(tmp_path: Path, table: str) -> None:
    write_folder(tmp_path, {f"train/{name}": content for name, content in PICTURES.items()})
    (tmp_path / "labels.csv").write_text(table, newline="")
    data = load(tmp_path / "labels.csv")
    assert data.targets is not None
    assert data.targets.tolist() == [0, 1, 0]
    assert data.images.mean(axis=(1, 2, 3)).round().tolist() == pytest.approx([50, 100, 150], abs=3)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "file,class\n1.png,cat\n9.png,dog\n8.png,dog\n",
            "labels.csv: 2 rows cannot be used: row 2 (line 3): there is no picture 9.png beside the CSV; "
            "row 3 (line 4): there is no picture 8.png beside the CSV; correct them or take them out",
        ),
        ("file,class\n1.png,cat\n1.png,dog\n", "row 2 (line 3): 1.png stands on row 1 already"),
        ("file,class\n1.png,cat\n2.png\n", "row 2 (line 3): not the 2 fields of the header, in UTF-8"),
        ("file,class\n1.png,cat\n,dog\n", "row 2 (line 3): no file is named"),
        ("file,class\n", "labels.csv: a header but no rows under it; expected one row an image"),
        ("file,class,subject\n1.png,cat,\n", "row 1 (line 2): an empty subject"),
    ],
)
def test_a_labels_csv_that_cannot_be_used(tmp_path: Path, table: str, message: str) -> None:
    write_folder(tmp_path, PICTURES | {"labels.csv": table})
    assert message in message_of(tmp_path / "labels.csv")


def test_two_pictures_of_one_name_need_their_paths(tmp_path: Path) -> None:
    write_folder(
        tmp_path, {"a/1.png": picture(1), "b/1.png": picture(2), "labels.csv": "file,class\n1.png,cat\n"}
    )
    assert "several pictures are called 1.png; give the path from the CSV" in message_of(
        tmp_path / "labels.csv"
    )


def test_a_table_of_keypoints_stays_one(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("nose_x,nose_y,Image\n0.5,1,1 2 3 4\n")
    assert isinstance(load(tmp_path / "faces.csv").task, Keypoints)
    (tmp_path / "test.csv").write_text("ImageId,Image\n1,1 2 3 4\n")
    assert load(tmp_path / "test.csv").targets is None


def test_folders_without_classes(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "flat", PICTURES)
    end = (
        "expected a folder of pictures for each class, e.g. cat/1.png and dog/1.png, or a CSV that names each "
        "picture's class"
    )
    assert message_of(path) == f"{path}: no folders with pictures (found 1.png, 2.png, 3.png); {end}"
    (tmp_path / "empty").mkdir()
    assert message_of(tmp_path / "empty").startswith(
        f"{tmp_path / 'empty'}: no folders with pictures (found nothing"
    )


def test_the_parts_of_a_split_are_no_classes(tmp_path: Path) -> None:
    files = {f"{part}/{name}": content for part in ("test", "train") for name, content in animals().items()}
    path = write_folder(tmp_path, files)
    assert message_of(path) == (
        f"{path}: its folders test, train are parts of a split, not classes; give {path}/train, and {path}/test as "
        "the test data"
    )


def test_a_class_of_which_nothing_can_be_read(tmp_path: Path) -> None:
    path = write_folder(tmp_path, animals() | {"owl/1.png": "x"})
    assert message_of(path).startswith(
        f"{path}: no picture of owl can be read; {path}: left out 1 picture that cannot"
    )
    path = write_folder(tmp_path / "all", {"owl/1.png": "x", "cat/1.png": "y"})
    assert message_of(path).startswith(f"{path}: none of 2 pictures can be read: ")


def test_too_much_for_the_memory(tmp_path: Path) -> None:
    path = write_folder(tmp_path, animals())
    assert message_of(path, pictures=PictureOptions(size=(40_000, 40_000))) == (
        f"{path}: 6 pictures of 40000x40000 pixels and 1 channel take 9,600 MB, over the limit of "
        "4,096 MB; give a smaller image size or fewer pictures"
    )


def test_options_that_make_no_sense(tmp_path: Path) -> None:
    path = write_folder(tmp_path, animals())
    assert message_of(path, pictures=PictureOptions(resize="squeeze")) == (  # type: ignore[arg-type]
        "resize 'squeeze' is unknown; expected one of pad, crop, stretch"
    )
    assert "an image size of 0x4; expected at least one pixel" in message_of(
        path, pictures=PictureOptions(size=(4, 0))
    )
    assert message_of(path, keypoints="points.csv").endswith("coordinates belong to a table of keypoints")


def test_a_picture_over_the_limit_is_left_out(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("1", (2000, 1000)).save(stream, "PNG")
    path = write_folder(tmp_path, animals() | {"cat/large.png": stream.getvalue()})
    assert (
        "2,000x1,000 pixels, over the limit of 1 megapixels"
        in load(path, pictures=PictureOptions(max_megapixels=1)).notes[0]
    )


def test_a_folder_with_a_table_of_keypoints_says_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "training.csv").write_text("nose_x,nose_y,Image\n0.5,1,1 2 3 4\n")
    assert "(found training.csv); expected a folder of pictures for each class" in message_of(tmp_path)
