"""The script that goes with an export: it runs the model on pictures without teni, and prints CSV."""

from teni.prediction import flip_center
from teni.run import Run
from teni.task import Classes, Keypoints
from teni.task.image_size import PAPER

MOST_LINES = 20

# For each format: packages to install, the import, how the model is opened, how it is run on one image.
_RUNTIMES = {
    "onnx": (
        "onnxruntime",
        "import numpy as np, onnxruntime",
        'session = onnxruntime.InferenceSession(here / "model.onnx", providers=["CPUExecutionProvider"])',
        'session.run(None, {"image": image})[0]',
    ),
    "openvino": (
        "openvino",
        "import numpy as np, openvino",
        'model = openvino.Core().compile_model(here / "model.xml", "CPU")',
        "model(image)[0]",
    ),
    "litert": (
        "ai-edge-litert",
        "import numpy as np, ai_edge_litert.interpreter as litert",
        'run = litert.Interpreter(str(here / "model.tflite")).get_signature_runner("serve")',
        'run(image=image)["answer"]',
    ),
    "saved-model": (
        "tensorflow",
        "import numpy as np, tensorflow as tf",
        'model = tf.saved_model.load(str(here / "model"))',
        "np.asarray(model.serve(image))",
    ),
}


def script(run: Run, name: str) -> str:
    """Write ``predict.py``, with no line that this run does not need.

    Args:
        run: what is exported.
        name: of the format.
    """
    task, channels = run.task, int(run.examples.images.shape[-1])
    package, imports, opened, answer = _RUNTIMES[name]
    mode, size = "L" if channels == 1 else "RGB", f"({task.width}, {task.height})"
    lines = [
        f'"""python predict.py PICTURE ... > predictions.csv; needs {package}, Pillow and NumPy."""',
        "import csv, json, pathlib, sys",
        imports,
        "from PIL import Image, ImageOps",
        "here = pathlib.Path(__file__).resolve().parent",
        'told = json.loads((here / "preprocessing.json").read_text(encoding="utf-8"))',
        opened,
        'rows = csv.writer(sys.stdout, lineterminator="\\n")',
        'rows.writerow(["id", *told["columns"]])',
        "for name in sys.argv[1:]:",
        "    picture = ImageOps.exif_transpose(Image.open(name))",
        "    if picture.has_transparency_data:",
        '        paper = Image.new("RGBA", picture.size, "white")',
        '        picture = Image.alpha_composite(paper, picture.convert("RGBA"))',
        f'    picture = picture.convert("{mode}")',
        f"    fitted = {_fitted(run, size, channels)}",
        f"    image = np.asarray(fitted, np.uint8).reshape(1, {task.height}, {task.width}, {channels})",
        f"    (answer,) = {answer}",
        *_row(run),
    ]
    return "\n".join(lines) + "\n"


def _fitted(run: Run, size: str, channels: int) -> str:
    bicubic = "Image.Resampling.BICUBIC"
    how = run.task.resize if isinstance(run.task, Classes) else "stretch"
    match how:
        case "pad":
            paper = PAPER if channels == 1 else (PAPER,) * 3
            return f"ImageOps.pad(picture, {size}, {bicubic}, {paper})"
        case "crop":
            return f"ImageOps.fit(picture, {size}, {bicubic})"
        case "stretch":
            return f"picture.resize({size}, {bicubic})"


def _row(run: Run) -> list[str]:
    task = run.task
    match task:
        case Keypoints():
            # From the model's pixels to the picture's own; the edges of both lie at the same place.
            edge = 0.5 if flip_center(run) == "integers" else 0.0
            factor = f"(picture.width / {task.width}, picture.height / {task.height})"
            moved = f"(answer + {edge}) * {factor} - {edge}" if edge else f"answer * {factor}"
            return [
                f"    points = {moved}",
                '    rows.writerow([pathlib.Path(name).name, *(f"{x:.4f}" for x in points.ravel())])',
            ]
        case Classes():
            return [
                '    said = told["names"][int(np.argmax(answer))]',
                '    rows.writerow([pathlib.Path(name).name, *(f"{p:.4f}" for p in answer), said])',
            ]
