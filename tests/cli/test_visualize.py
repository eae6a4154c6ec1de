"""The command, on a run and on a file, from its words to its files."""

import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from spot_run import pixels_lit, save_spot_run, write_table
from teni.cli.visualize import estimate
from teni.visualize import Method, Request, Seen, open_network
from teni.visualize.filters import FilterSettings


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keras.utils.set_random_seed(0)
    x = keras.Input((12, 12, 1), name="image")
    inner_in = keras.Input((12, 12, 1))
    inner = keras.Model(inner_in, keras.layers.Conv2D(5, 3, name="deep")(inner_in), name="inner")
    y = keras.layers.Dense(3, "softmax", name="classes")(keras.layers.Flatten()(inner(x)))
    path = tmp_path_factory.mktemp("models") / "net.keras"
    keras.Model(x, y).save(path)
    return path


def test_filters_of_a_nested_layer(teni: Callable, file: Path, tmp_path: Path):
    ended = teni(
        "visualize",
        file,
        "--method",
        "filters",
        "--layer",
        "inner/deep",
        "--units",
        "1:3",
        "--out",
        tmp_path,
        "--json",
    )
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert [row["unit"] for row in told["units"]] == [1, 2]
    assert all(Path(row["picture"]).is_file() and row["score"] > 0 for row in told["units"])
    assert told["layer"] == "deep"
    assert (tmp_path / "filters-deep" / "sheet.png").is_file()
    assert (tmp_path / "gallery.html").is_file()
    assert "nothing says what it expects of an image" in ended.err


def test_activation_is_the_default_and_classes_have_their_names(teni: Callable, file: Path, tmp_path: Path):
    (tmp_path / "names.txt").write_text("cat\ndog\nbird\n")
    words = ("--names", tmp_path / "names.txt", "--units", "dog,bird", "--set", "steps=2", "--values", "-1:1")
    ended = teni("visualize", file, *words, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert [line.split()[0] for line in ended.out.splitlines()] == ["dog", "bird"]
    assert (tmp_path / "out" / "activation" / "dog.png").is_file()
    assert "assumed" not in ended.err


def test_a_run_keeps_its_pictures_and_shows_them(teni: Callable, tmp_path: Path):
    run = save_spot_run(tmp_path / "run")
    ended = teni("visualize", run, "--units", "left_spot_x,right_spot_y", "--set", "steps=2", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert [row["unit"] for row in told["units"]] == ["left_spot_x", "right_spot_y"]
    assert (run / "figures" / "seen" / "gallery.html").is_file()
    assert "A coordinate has no preferred sight" in ended.err
    report = (run / "report.html").read_text()
    assert "figures/seen/gallery.html" in report
    assert teni("visualize", run, "--method", "network").code == 0
    assert (run / "figures" / "seen" / "network" / "network.svg").is_file()


def test_best_units_over_data(teni: Callable, file: Path, tmp_path: Path):
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (4, 12, 12, 1), dtype=np.uint8)
    (tmp_path / "photos").mkdir()
    for i, image in enumerate(images):
        Image.fromarray(image[..., 0]).save(tmp_path / "photos" / f"{i}.png")
    words = ("--method", "filters", "--layer", "deep", "--best", "2", "--data", tmp_path / "photos", "--json")
    ended = teni("visualize", file, *words, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    network = keras.models.load_model(file).get_layer("inner")
    maps = keras.ops.convert_to_numpy(network(images / np.float32(255)))
    order = np.argsort(-maps.max(axis=(1, 2)).mean(0))[:2]
    assert [row["unit"] for row in json.loads(ended.out)["units"]] == order.tolist()


def test_activations_of_a_table_row(teni: Callable, tmp_path: Path):
    run = save_spot_run(tmp_path / "run")
    table = write_table(tmp_path / "faces.csv", pixels_lit(np.array([[[70, 30], [20, 40]]])))
    ended = teni("visualize", run, "--method", "activations", "--data", table)
    assert ended.code == 0, ended.err
    first = ended.out.splitlines()[0].split()[0]
    assert first.startswith("rescaling")  # Keras may number the layer
    assert first.endswith("/0")


def test_all_methods_are_listed_with_their_settings(teni: Callable):
    ended = teni("visualize", "--method", "list")
    assert ended.code == 0
    assert teni("visualize", "anything", "--method", "list").out == ended.out
    assert "activation " in ended.out
    assert "--set recipe=classic steps=none" in ended.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "say what to look into; only --method list needs none"),
        (("nowhere/run",), 1, "nowhere/run: no such file or folder"),
        (("mobilnet",), 1, "no backbone and no file 'mobilnet'; did you mean mobilenet"),
        (("mobilenet",), 1, "mobilenet needs weights"),
        (("FILE", "--method", "activision"), 1, "no method 'activision'; did you mean activation"),
        (("FILE", "--layer", "depe"), 1, "has no layer 'depe'; did you mean deep?"),
        (("FILE", "--units", "7"), 1, "layer classes: has 3 units, 0 to 2; '7' is none of them"),
        (("FILE", "--units", "3:1"), 1, "'3:1' holds no unit; the lower number comes first"),
        (("FILE", "--units", "7", "--data", "nowhere"), 1, "'7' is none of them"),  # before the data is read
        (("FILE", "--layer", "zzz"), 1, "--method network draws them all"),
        (("FILE", "--set", "step=3"), 1, "no setting 'step'; did you mean steps?"),
        (("FILE", "--values", "1:0"), 1, "--values 1:0: expected what black and white become"),
        (("FILE", "--size", "auto"), 1, "--size auto: expected pixels"),
        (("FILE", "--names", "nowhere.txt"), 1, "nowhere.txt: no such file"),
        (("FILE", "--units", "1", "--all"), 2, "say which units one way"),
        (("FILE", "--best", "3"), 2, "needs images to respond to; give --data"),
        (("FILE", "--method", "activations"), 2, "activations looks at images; give --data"),
    ],
)
def test_what_cannot_be_is_told(teni: Callable, file: Path, tmp_path: Path, words, code, told):
    given = [file if word == "FILE" else word for word in words]
    ended = teni("visualize", *given, "--out", tmp_path)
    assert ended.code == code
    assert told in " ".join(ended.err.split())
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_no_text_are_told(teni: Callable, file: Path, tmp_path: Path):
    (tmp_path / "names.txt").write_bytes(b"\xff\xfe")
    ended = teni("visualize", file, "--names", tmp_path / "names.txt", "--out", tmp_path / "out")
    assert (ended.code, "is no UTF-8 text" in ended.err) == (1, True)


def test_the_estimate_leaves_out_what_is_done_once():
    times = iter([0.0, 10.0, 100.0, 114.0])  # one unit 10 s, three 14 s: 2 s each, 8 s once
    x = keras.Input((4, 4, 1))
    opened = open_network(keras.Model(x, keras.layers.Conv2D(100, 1)(x)))
    told: list[int] = []

    def run(request: Request) -> Seen:
        told.append(len(request.units))
        return Seen(())

    row = Method(run, FilterSettings, "nothing")
    request = Request(opened, None, tuple(range(100)), FilterSettings())
    assert estimate(row, request, lambda: next(times)) == "All 100 units will take about 3 min."
    assert told == [1, 3]
