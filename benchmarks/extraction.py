"""How much quicker features are taken in the engine's form than by stock Keras on JAX, on one machine.

    python benchmarks/extraction.py [--images 1024] [--rounds 3] [--taps conv_pw_5_relu,conv_pw_9_relu]

MobileNet with random weights looks at drawn faces of 96x96 pixels; both forms take the same taps in one forward pass
and begin at the raw image. They run alternately, after one round each that compiles and is not counted. Printed are
the medians in seconds, their ratio, and the largest difference between the two forms' features.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np

import teni  # noqa: F401  (chooses Keras's backend before Keras is imported)

TAPS = "conv_pw_3_relu,conv_pw_5_relu,conv_pw_9_relu"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32, help="Keras's own batch size; 32 is its default")
    parser.add_argument("--taps", default=TAPS)
    return parser.parse_args()


def seconds(run) -> tuple[float, list[np.ndarray]]:
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, [np.asarray(each) for each in found]


def main() -> None:
    asked = parse()
    from teni.backbones import backbone
    from teni.data.faces import synthetic_faces
    from teni.engine import compile_forward
    from teni.features import View, feature_network

    images = synthetic_faces(asked.images, look="source", seed=0).images
    views = [View((96, 96), tap) for tap in asked.taps.split(",")]
    network = feature_network(backbone("mobilenet", weights="random", size=(96, 96)), (96, 96, 1), views)
    forward = compile_forward(network, 96 * 96, mirror=False)

    def engine() -> list[np.ndarray]:
        batches = list(forward(images))
        return [np.concatenate([batch[i][0] for batch in batches]) for i in range(len(views))]

    def stock() -> list[np.ndarray]:
        found = network.predict(images, batch_size=asked.batch, verbose=0)
        return found if isinstance(found, list) else [found]

    times: dict[str, list[float]] = {"engine": [], "keras": []}
    (_, ours), (_, theirs) = seconds(engine), seconds(stock)
    apart = max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in zip(ours, theirs, strict=True))
    for _ in range(asked.rounds):
        times["engine"].append(seconds(engine)[0])
        times["keras"].append(seconds(stock)[0])
    medians = {name: round(statistics.median(each), 3) for name, each in times.items()}
    row = {
        "images": asked.images,
        "taps": asked.taps.split(","),
        "rounds": asked.rounds,
        "seconds": {name: [round(each, 3) for each in those] for name, those in times.items()},
        "median_seconds": medians,
        "ratio": round(medians["keras"] / medians["engine"], 2),
        "largest_relative_difference": float(f"{apart:.2g}"),
        "cores": os.cpu_count(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
