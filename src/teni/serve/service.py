"""A run made ready to answer: its model compiled, its batches, its threads."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from teni.features import forward_pass, images_a_batch
from teni.prediction import flip_center, image_shape, load_model
from teni.prediction.resize import resize_of
from teni.run import Run
from teni.serve.batching import Batcher, batch_sizes
from teni.serve.metrics import Metrics
from teni.serve.picture import Prepared, prepare
from teni.serve.radius import Residuals, read_residuals
from teni.serve.settings import Limits
from teni.serve.upload import Upload
from teni.task import FlipCenter, Keypoints, Task
from teni.task.image_size import Resize

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]
T = TypeVar("T")

MOST_A_BATCH = 16  # more is hardly quicker an image, and lets the others wait
DECODERS = 2  # threads; Pillow lets go of Python's lock while it decodes


@dataclass(frozen=True, eq=False)
class Service:
    """Everything that answers need.

    Args:
        run: what is served.
        shape: height, width, channels of the model's images.
        center: where the centre of the first pixel lies.
        residuals: errors on left-out images, of keypoints; None for classes.
        batcher: the queue before the model.
        decoders: the threads that decode pictures.
        metrics: what is counted.
    """

    run: Run
    shape: tuple[int, int, int]
    center: FlipCenter
    residuals: Residuals | None
    batcher: Batcher
    decoders: ThreadPoolExecutor
    metrics: Metrics

    @property
    def task(self) -> Task:
        """What is predicted."""
        return self.run.task

    def start(self) -> None:
        """Compile everything and begin to work; from then on `is_ready`."""
        self.batcher.start(self.shape)

    @property
    def is_ready(self) -> bool:
        """Whether predictions are made."""
        return self.batcher.is_alive

    async def predict(self, upload: Upload, limits: Limits) -> tuple[list[Prepared], Floats]:
        """Decode the pictures of a request and run them through the model.

        Args:
            upload: pictures and boxes.
            limits: of each picture.

        Returns:
            The pictures, and what the model says of each in the pixels of its own images.

        Raises:
            Refused: a picture cannot be read.
        """
        resize: Resize = resize_of(self.task)
        loop = asyncio.get_running_loop()
        given = enumerate(zip(upload.pictures, upload.boxes, strict=True))
        jobs = [
            loop.run_in_executor(self.decoders, prepare, content, i + 1, box, self.shape, resize, limits)
            for i, (content, box) in given
        ]
        prepared: Sequence[Prepared] = await _all(jobs)
        found = await self.batcher.predict([each.image for each in prepared])
        self.metrics.images.inc(len(prepared))
        return list(prepared), found

    async def decoding(self, work: Callable[..., T], *given: Any) -> T:
        """Run what decodes a picture in one of the few threads for that: each may need 0.3 GB for a while.

        Args:
            work: what is run.
            given: its arguments.
        """
        return await asyncio.get_running_loop().run_in_executor(self.decoders, work, *given)

    def close(self) -> None:
        """Finish what waits, and end all threads."""
        self.batcher.close()
        self.decoders.shutdown()


def open_service(run: Run) -> Service:
    """Load the model of a run; nothing is compiled before `Service.start`.

    Args:
        run: as `teni.run.read_run` gives it.

    Raises:
        TeniError: the model is missing, damaged, or not of this run.
    """
    model = load_model(run)
    metrics = Metrics()
    over = forward_pass(model, mirror=False)

    def forward(images: Images) -> Floats:
        return np.concatenate([batch[0][0] for batch in over(images)])

    sizes = batch_sizes(images_a_batch(model, MOST_A_BATCH))
    batcher = Batcher(forward, sizes, metrics.batches.observe)
    metrics.waiting.set_function(lambda: batcher.waiting)
    task = run.task
    return Service(
        run,
        image_shape(model),
        flip_center(run),
        read_residuals(run, task) if isinstance(task, Keypoints) else None,
        batcher,
        ThreadPoolExecutor(DECODERS, thread_name_prefix="teni-decode"),
        metrics,
    )


async def _all(jobs: "Sequence[asyncio.Future[Prepared]]") -> list[Prepared]:
    """Wait for all; on the first that fails what has not begun is not begun any more."""
    try:
        return list(await asyncio.gather(*jobs))
    except BaseException:
        for job in jobs:
            job.cancel()
        raise
