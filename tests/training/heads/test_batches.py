import numpy as np

from teni.training.heads import MlpSettings
from teni.training.heads.batches import draw_pass

SETTINGS = MlpSettings((5, 300), (0.0, 0.25), batch=8)


def test_every_row_counts_once_an_epoch():
    drawn = draw_pass(SETTINGS, 21, seed=1, epoch=2)
    assert drawn.rows.shape == (3, 8)
    assert sorted(drawn.rows[drawn.counts]) == list(range(21))


def test_order_and_dropout_come_from_seed_and_epoch_alone():
    one, same = (draw_pass(SETTINGS, 21, seed=1, epoch=2) for _ in range(2))
    np.testing.assert_array_equal(one.rows, same.rows)
    np.testing.assert_array_equal(one.kept[1], same.kept[1])
    for other in (draw_pass(SETTINGS, 21, seed=1, epoch=3), draw_pass(SETTINGS, 21, seed=2, epoch=2)):
        assert (one.rows != other.rows).any()
        assert (one.kept[1] != other.kept[1]).any()


def test_a_quarter_is_dropped_where_a_quarter_is_asked_for():
    kept = draw_pass(SETTINGS, 80, seed=0, epoch=0).kept
    assert kept[0] is None
    assert abs(kept[1].mean() - 0.75) < 0.01
    assert kept[1].shape == (10, 8, 300)


def test_fewer_rows_than_a_batch_are_one_step():
    assert draw_pass(SETTINGS, 3, seed=0, epoch=0).rows.shape == (1, 3)
