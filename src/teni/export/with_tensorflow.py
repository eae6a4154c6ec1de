"""The process that knows TensorFlow: ``python -m teni.export.with_tensorflow FORMAT write|run …``."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

CALIBRATE = 200  # images at most


def main(words: list[str]) -> None:
    """Write or run a model; see `teni.export.by_tensorflow` for the words."""
    name, task, *rest = words
    if task == "write":
        source, folder, precision, images = rest
        _write(name, Path(source), Path(folder), precision, np.load(images, allow_pickle=False))
    else:
        folder, given, found = rest
        images = np.load(given, allow_pickle=False)
        run = _run_litert if name == "litert" else _run_saved_model
        np.save(found, run(Path(folder), images), allow_pickle=False)


def _write(name: str, source: Path, folder: Path, precision: str, images: Any) -> None:
    import keras

    model: Any = keras.models.load_model(source)
    if name == "saved-model":
        model.export(folder / "model", format="tf_saved_model", verbose=False)
        return
    tf = _tensorflow()
    _spell_arccos()
    spec = tf.TensorSpec((None, *model.input_shape[1:]), tf.uint8, name="image")

    def answer(image: Any) -> dict[str, Any]:
        return {"answer": model(image, training=False)}

    with tempfile.TemporaryDirectory() as place:
        # Straight from a function its variables would not be made constants, and the file would hold none.
        archive: Any = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serve", answer, input_signature=[spec])
        archive.write_out(place, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(place, signature_keys=["serve"])
        _make_smaller(tf, converter, precision, images)
        (folder / "model.tflite").write_bytes(converter.convert())


def _make_smaller(tf: Any, converter: Any, precision: str, images: Any) -> None:
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if precision == "int8":
        converter.representative_dataset = lambda: ({"image": image[None]} for image in images[:CALIBRATE])


def _spell_arccos() -> None:
    """LiteRT knows no arc cosine: let Keras's operation spell it as an arc tangent of two lengths."""
    import keras
    from keras.src.ops import numpy as operations

    def call(self: Any, x: Any) -> Any:
        del self
        return keras.ops.arctan2(keras.ops.sqrt(keras.ops.maximum(1.0 - x * x, 0.0)), x)

    operations.Arccos.call = call


def _run_litert(folder: Path, images: Any) -> Any:
    try:
        lite: Any = import_module("ai_edge_litert.interpreter")
    except ImportError:
        lite = _tensorflow().lite  # which is to lose its interpreter to the package above
    runner = lite.Interpreter(str(folder / "model.tflite")).get_signature_runner("serve")
    return runner(image=images)["answer"]


def _run_saved_model(folder: Path, images: Any) -> Any:
    loaded = _tensorflow().saved_model.load(str(folder / "model"))  # its variables live as long as it does
    return loaded.serve(images).numpy()


def _tensorflow() -> Any:
    import tensorflow  # pyright: ignore[reportMissingModuleSource]

    return tensorflow


if __name__ == "__main__":
    main(sys.argv[1:])
