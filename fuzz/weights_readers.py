"""Fuzz target over the readers of weights files: whatever the bytes, a SavedWeights or one TeniError.

Run it for ten minutes, in an environment with ``pip install atheris``:

    python fuzz/weights_readers.py -max_total_time=600 -rss_limit_mb=1024 -timeout=100 build/fuzz-corpus

The first byte of an input chooses the format, the rest is the file. The corpus folder is first filled with
one small valid file of every format. The trial of an HDF5 file, which is a program of its own elsewhere, is a
fork of this one here, so that ten minutes are enough for many more inputs.
"""

import io
import json
import os
import resource
import signal
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris
import h5py
import numpy as np

with atheris.instrument_imports(include=["teni.weights"]):
    from teni.errors import TeniError
    from teni.weights import hdf5_guard, hdf5_trial
    from teni.weights.keras1 import translate
    from teni.weights.parse import parse_network
    from teni.weights.read import read
    from teni.weights.reading import choose_reading
    from teni.weights.whole import describes_keras1

FORMATS = ("weights.h5", "model.keras", "model.json")
MAX_READ_BYTES = 64 * 2**20
TRIAL_SECONDS = 4
# What libFuzzer listens to: it must not take the end of a trial for one of its own.
SIGNALS = ("SEGV", "ABRT", "BUS", "FPE", "ILL", "XCPU", "XFSZ", "TERM", "INT")


def one_input(data: bytes) -> None:
    if not data:
        return
    path = Path(FOLDER) / FORMATS[data[0] % len(FORMATS)]
    path.write_bytes(data[1:])
    try:
        saved = read(path)
        for layer in saved.layers:
            for tensor in layer.tensors:
                if tensor.size_bytes <= MAX_READ_BYTES:
                    tensor.read()
        reading = choose_reading(saved)
        if saved.model_config is not None:
            network = parse_network(saved.model_config, saved.source)
            translate(network, reading.ordering, old=describes_keras1(saved.model_config))
    except TeniError as error:
        if len(str(error)) > 1_000 or "\n" in str(error):
            raise RuntimeError(f"not one clear sentence: {error!r}") from error


def survives_in_a_fork(path: Path, start: int, size: int) -> bool:
    """Stand in for ``hdf5_trial.survives``: the same visit under the same limits, without starting a Python."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) in (0, hdf5_trial.REFUSED)
    try:
        for name in SIGNALS:
            signal.signal(getattr(signal, f"SIG{name}"), signal.SIG_DFL)
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        memory = held + hdf5_trial.MAX_MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (TRIAL_SECONDS, TRIAL_SECONDS + 1))
        hdf5_trial.visit(str(path), start, size)
    except Exception:  # as in the trial: what the library refuses is no danger
        os._exit(hdf5_trial.REFUSED)
    except BaseException:
        os._exit(1)
    os._exit(0)


def write_seeds(corpus: Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    for name, number, content in (
        ("oldest", 0, hdf5(write_oldest)),
        ("layers", 0, hdf5(write_layers)),
        ("keras3", 0, hdf5(write_keras3)),
        ("archive", 1, archive()),
        ("tfjs", 2, tfjs()),
    ):
        (corpus / name).write_bytes(bytes([number]) + content)


def hdf5(write) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


def write_oldest(file: h5py.File) -> None:
    file.attrs["nb_layers"] = 2
    group = file.create_group("layer_0")
    group.attrs["nb_params"] = 2
    group["param_0"], group["param_1"] = np.ones((4, 3, 3, 3), "f4"), np.ones(4, "f4")
    file.create_group("layer_1").attrs["nb_params"] = 0


def write_layers(file: h5py.File) -> None:
    settings = {"name": "d", "output_dim": 3, "batch_input_shape": [None, 2], "init": "uniform"}
    layers = [{"class_name": "Dense", "config": settings}]
    file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers}).encode()
    root = file.create_group("model_weights")
    root.attrs["layer_names"] = [b"d", b"flatten"]
    group = root.create_group("d")
    group.attrs["weight_names"] = [b"d_W:0", b"d_b:0"]
    group.create_dataset("d_W:0", data=np.ones((2, 3), "f4"), compression="gzip")
    group["d_b:0"] = np.ones(3, "f4")
    root.create_group("flatten").attrs["weight_names"] = np.array([])


def write_keras3(file: h5py.File) -> None:
    group = file.create_group("layers/dense/vars")
    group.attrs["name"] = "d"
    group["0"], group["1"] = np.ones((2, 3), "f4"), np.ones(3, "f4")
    file.create_group("vars")


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        file.writestr("config.json", '{"class_name": "Sequential", "config": {"name": "s", "layers": []}}')
        file.writestr("model.weights.h5", hdf5(write_keras3))
    return buffer.getvalue()


def tfjs() -> bytes:
    quantization = {"dtype": "uint8", "scale": 0.1, "min": -1.0}
    weights = [
        {"name": "d/kernel", "shape": [2, 3], "dtype": "float32", "quantization": quantization},
        {"name": "d/bias", "shape": [3], "dtype": "float32"},
    ]
    return json.dumps(
        {"modelTopology": {}, "weightsManifest": [{"paths": ["shard"], "weights": weights}]}
    ).encode()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as FOLDER:
        Path(FOLDER, "shard").write_bytes(bytes(18))
        folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
        for folder in folders[:1]:
            write_seeds(folder)
        hdf5_guard.survives = survives_in_a_fork
        atheris.Setup(sys.argv, one_input)
        atheris.Fuzz()
