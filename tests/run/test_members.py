"""Members of an ensemble as a line tells them."""

from teni.run import member_names


def test_folders_are_left_out_and_shares_rounded():
    members = {
        "C:\\nets\\my net.keras mlp, seed 1": {"weight": 2 / 3},
        "face ridge": {"weight": 1 / 3},
    }
    assert member_names({"members": members}) == ["my net.keras mlp, seed 1 (67%)", "face ridge (33%)"]
    assert member_names({"members": None}) == []
