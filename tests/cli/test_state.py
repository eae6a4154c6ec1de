import pytest

from teni.cli.state import training_state
from teni.errors import TeniError


def test_what_is_trained_keeps_its_state_beside_the_run(tmp_path):
    out = tmp_path / "run"
    assert training_state(out, False, "kernel") is None
    state = training_state(out, False, "mlp")
    assert state == tmp_path / "run.training"
    state.mkdir()
    assert training_state(out, True, "mlp") == state


def test_resuming_is_asked_for_where_there_is_something_and_only_there(tmp_path):
    out = tmp_path / "run"
    with pytest.raises(
        TeniError, match="--resume: ridge is solved, not trained, so there is nothing to resume"
    ):
        training_state(out, True, "ridge")
    with pytest.raises(TeniError, match=r"--resume: \S+run\.training does not exist"):
        training_state(out, True, "mlp")
    (tmp_path / "run.training").mkdir()
    with pytest.raises(
        TeniError, match="holds a training that was interrupted; go on with --resume, or remove"
    ):
        training_state(out, False, "mlp")
