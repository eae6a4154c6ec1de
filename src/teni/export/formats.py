"""The formats there are: what each needs, how it is written, how it is run."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.export import by_tensorflow
from teni.export.onnx import INPUT, halved, quantised, to_onnx

Images = NDArray[np.uint8]
Answers = NDArray[np.float32]
Run = Callable[[Images], Answers]

PRECISIONS = ("float32", "float16", "int8")


@dataclass(frozen=True)
class Format:
    """One format.

    Args:
        file: name of the file or folder in the export.
        needs: packages, by the names they are imported under.
        extra: of teni, that brings them.
        precisions: that it can have.
        write: from the model, a folder to write into, a precision and calibration images; all is on the disk after.
        open: gives what runs the file of a folder.
    """

    file: str
    needs: tuple[str, ...]
    extra: str
    precisions: tuple[str, ...]
    write: Callable[[keras.Model, Path, str, Images], None]
    open: Callable[[Path], Run]


def require(name: str, precision: str) -> Format:
    """Look a format up, and make sure that its packages are there.

    Args:
        name: of the format.
        precision: wanted.

    Raises:
        TeniError: no such format or precision, or a package is missing.

    >>> require("caffe", "float32")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: --format caffe: expected one of onnx, litert, saved-model, openvino
    """
    if name not in FORMATS:
        raise TeniError(f"--format {name}: expected one of {', '.join(FORMATS)}")
    found = FORMATS[name]
    if precision not in PRECISIONS:
        raise TeniError(f"--precision {precision}: expected one of {', '.join(PRECISIONS)}")
    if precision not in found.precisions:
        raise TeniError(
            f"--precision {precision}: {name} is written in {', '.join(found.precisions)} alone; export as onnx, "
            "litert or openvino instead"
        )
    missing = [package for package in found.needs if not _is_there(package)]
    if missing:
        raise TeniError(
            f"--format {name} needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not "
            f"installed; pip install 'teni[{found.extra}]'"
        )
    return found


def _is_there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _onnx_model(model: keras.Model, precision: str, images: Images) -> Any:
    made = to_onnx(model)
    match precision:
        case "float16":
            return halved(made)
        case "int8":
            return quantised(made, images)
        case _:
            return made


def _write_onnx(model: keras.Model, folder: Path, precision: str, images: Images) -> None:
    (folder / "model.onnx").write_bytes(_onnx_model(model, precision, images).SerializeToString())


def _open_onnx(folder: Path) -> Run:
    import onnxruntime

    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    return lambda images: np.asarray(session.run(None, {INPUT: images})[0], np.float32)


def _write_openvino(model: keras.Model, folder: Path, precision: str, images: Images) -> None:
    """Let OpenVINO read the ONNX graph; its own half precision is what its devices know best."""
    import openvino  # pyright: ignore[reportMissingImports]

    file = folder / "model.onnx"
    _write_onnx(model, folder, "int8" if precision == "int8" else "float32", images)
    openvino.save_model(
        openvino.convert_model(file), folder / "model.xml", compress_to_fp16=precision == "float16"
    )
    file.unlink()


def _open_openvino(folder: Path) -> Run:
    import openvino  # pyright: ignore[reportMissingImports]

    compiled = openvino.Core().compile_model(folder / "model.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda images: np.asarray(compiled(images)[0], np.float32)


def _by_tensorflow(
    name: str,
) -> tuple[Callable[[keras.Model, Path, str, Images], None], Callable[[Path], Run]]:
    def write(model: keras.Model, folder: Path, precision: str, images: Images) -> None:
        by_tensorflow.write(name, model, folder, precision, images)

    def open_one(folder: Path) -> Run:
        return lambda images: by_tensorflow.run(name, folder, images)

    return write, open_one


FORMATS: dict[str, Format] = {
    "onnx": Format("model.onnx", ("onnx", "onnxruntime"), "export", PRECISIONS, _write_onnx, _open_onnx),
    "litert": Format("model.tflite", ("tensorflow",), "tensorflow", PRECISIONS, *_by_tensorflow("litert")),
    "saved-model": Format(
        "model", ("tensorflow",), "tensorflow", ("float32",), *_by_tensorflow("saved-model")
    ),
    "openvino": Format(
        "model.xml",
        ("onnx", "onnxruntime", "openvino"),
        "openvino",
        PRECISIONS,
        _write_openvino,
        _open_openvino,
    ),
}


def size_of(folder: Path, names: Sequence[str] = ("model*",)) -> int:
    """Count the bytes of a written model.

    Args:
        folder: of the export.
        names: patterns of its files.
    """
    found = {file for name in names for top in folder.glob(name) for file in (top, *top.rglob("*"))}
    return sum(file.stat().st_size for file in found if file.is_file())
