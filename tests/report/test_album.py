import numpy as np

from compared_run import pictured
from fake_run import NAMES, make_run
from teni.report.album import album_data, album_of
from teni.run import predictions_arrays
from teni.suspects import KINDS, find_suspects


def test_pictures_carry_their_points_the_worst_first():
    run = pictured()
    album = album_of(run)
    data = album_data(album, run, find_suspects(run))
    assert len(data["ids"]) == 140
    assert data["errors"] == sorted(data["errors"], reverse=True)
    predicted, truth = predictions_arrays(run.predictions, NAMES)
    row = album.pictures.rows[3]
    ours = np.array(data["predicted"][3 * 30 : 4 * 30]).reshape(15, 2)
    np.testing.assert_allclose(ours / 100, predicted[row], atol=0.0051)
    true = np.array(data["truth"][3 * 30 : 4 * 30], float).reshape(15, 2)
    np.testing.assert_allclose(true / 100, truth[row], atol=0.0051)
    assert data["parts"] == ["test", "validation"]
    assert data["subjects"][data["subject"][3]] == run.predictions["subject"][row]


def test_suspects_are_at_their_places():
    run = pictured()
    album = album_of(run)
    found = {
        run.predictions["id"][album.pictures.rows[place]]: (KINDS[kind], where)
        for place, kind, where, _ in album_data(album, run, find_suspects(run))["suspects"]
    }
    assert found["6"] == ("far", [NAMES.index("nose_tip")])
    assert found["10"][0] == "swapped"
    assert found["15"][0] == "shifted"


def test_a_run_of_before_shows_its_examples():
    run = make_run()
    best = run.examples.of("best")[0]
    row = int(run.examples.ids[best]) - 1
    run.predictions.loc[row, ["nose_tip_x_true", "nose_tip_y_true"]] = [5.0, 90.0]
    album = album_of(run)
    data = album_data(album, run, find_suspects(run))
    assert not album.whole
    assert len(data["ids"]) == 18
    assert data["ids"][data["suspects"][0][0]] == str(row + 1)


def test_pixel_centres_at_integers_move_the_marks_by_half_a_pixel():
    run = make_run()
    before = album_data(album_of(run), run, [])["predicted"]
    run.about["flip"]["center"] = "integers"
    after = album_data(album_of(run), run, [])["predicted"]
    assert set(np.subtract(after, before).tolist()) <= {49, 50, 51}
