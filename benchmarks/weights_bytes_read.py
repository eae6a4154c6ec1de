"""How much of a 500 MB file is read when only the convolutions of a VGG16 are wanted (Linux: /proc/self/io).

    python benchmarks/weights_bytes_read.py

The file has the layout of Keras 2 and the sizes of VGG16's weights with its head. Printed are the bytes that
the process and its children have read, for listing the file and for loading the 13 convolutions.
"""

import json
import tempfile
from pathlib import Path

import h5py
import numpy as np

import teni  # noqa: F401  (chooses Keras's backend before Keras is imported)

DENSE = (("fc1", 25088, 4096), ("fc2", 4096, 4096), ("predictions", 4096, 1000))


def bytes_read() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("rchar")).split()[1])


def write(path: Path, model) -> None:
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        layers = [(layer.name, [v.shape for v in layer.weights]) for layer in model.layers]
        layers += [(name, [(rows, units), (units,)]) for name, rows, units in DENSE]
        file.attrs["layer_names"] = [name.encode() for name, _ in layers]
        file.attrs["keras_version"], file.attrs["backend"] = b"2.1.4", b"tensorflow"
        for name, shapes in layers:
            group = file.create_group(name)
            names = [f"{name}/{part}:0" for part, _ in zip(("kernel", "bias"), shapes, strict=False)]
            group.attrs["weight_names"] = [tensor.encode() for tensor in names] or np.array([])
            for tensor, shape in zip(names, shapes, strict=True):
                group.create_dataset(tensor, data=rng.random(shape, np.float32))


def main() -> None:
    import keras

    from teni.weights import apply, read

    model = keras.applications.VGG16(weights=None, include_top=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vgg16.h5"
        write(path, model)
        saved = read(path)  # warm: Python's own imports are read now
        start = bytes_read()
        saved = read(path)
        listed = bytes_read()
        report = apply(saved, model)
        loaded = bytes_read()
        wanted = sum(4 * int(np.prod(variable.shape)) for variable in model.weights)
        row = {
            "file_mb": round(path.stat().st_size / 1e6, 1),
            "listing_mb": round((listed - start) / 1e6, 2),
            "loading_mb": round((loaded - listed) / 1e6, 2),
            "tensors_wanted_mb": round(wanted / 1e6, 2),
            "counts": report.counts,
        }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
