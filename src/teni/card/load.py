"""Five lines of Python that load a run's model with Keras alone and use it on a picture."""

from teni.run import Run


def five_lines(run: Run) -> str:
    """Write the code; it makes a picture fit as keypoints are predicted, by stretching it.

    Args:
        run: whose model it is.
    """
    task, channels = run.task, int(run.examples.images.shape[-1])
    mode = "L" if channels == 1 else "RGB"
    return "\n".join([
        "import keras, numpy as np",
        "from PIL import Image",
        'model = keras.models.load_model("model.keras")',
        f'picture = Image.open("picture.png").convert("{mode}").resize(({task.width}, {task.height}))',
        f"print(model.predict(np.asarray(picture).reshape(1, {task.height}, {task.width}, {channels})))",
    ])  # fmt: skip
