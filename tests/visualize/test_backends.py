"""What methods promise, the way back and attribution on the two other backends, where they are installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = (
    "test_unpool.py",
    "test_backward.py",
    "test_deconvnet.py",
    "test_attribution.py",
    "test_methods.py",
    "test_activation.py",
    "maximise",
)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_the_same_by_hand_on_other_backends(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    here = Path(__file__).parent
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *(str(here / file) for file in FILES),
        ],
        cwd=here.parents[1],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
