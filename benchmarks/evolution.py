"""How much quicker a generation of evolution is drawn and judged as a whole than one candidate after another.

    python benchmarks/evolution.py [--population 200] [--rounds 3] [--model FILE --values=-1:1] [--size 64]

The candidates are CPPNs, mutated for some generations; without --model a small network with random weights
judges them. Three ways run alternately, after one round each that compiles and is not counted: the whole generation
(as `teni visualize --method fool-cppn` does it), one candidate after another through the same code, and one after
another through Keras's own predict. Printed are the medians in seconds, candidates a second, and the ratios.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np

import teni  # noqa: F401  (chooses Keras's backend before Keras is imported)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--population", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--mutated", type=int, default=30, help="generations for which the networks have grown"
    )
    parser.add_argument("--size", type=int, default=64, help="pixels of the pictures, without --model")
    parser.add_argument("--model", help="a classifier's file")
    parser.add_argument("--values", default="0:1", help="what it takes of black and white")
    return parser.parse_args()


def small_network(size: int):
    """Build a network like that of a tutorial, with ten classes."""
    import keras

    keras.utils.set_random_seed(0)
    layers: list = [keras.Input((size, size, 1)), keras.layers.Rescaling(1 / 255)]
    for filters in (16, 32, 64):
        layers += [keras.layers.Conv2D(filters, 3, activation="relu"), keras.layers.MaxPooling2D(2)]
    layers += [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(10, activation="softmax")]
    return keras.Sequential(layers)


def main() -> None:
    asked = parse()
    from teni.visualize import open_model
    from teni.visualize.fooling.confidence import classifier, judge
    from teni.visualize.fooling.indirect import CppnEncoding

    low, high = (float(word) for word in asked.values.split(":"))
    opened = (
        open_model(asked.model, values=(low, high)) if asked.model else open_model(small_network(asked.size))
    )
    encoding = CppnEncoding(opened.shape)
    confidences = judge(classifier(opened), np.arange(opened.model.output_shape[-1]))
    rng = np.random.default_rng(0)
    genomes = encoding.random(asked.population, rng)
    for generation in range(1, asked.mutated + 1):
        genomes = encoding.mutate(genomes, rng, generation)

    def whole() -> np.ndarray:
        return confidences(encoding.render(genomes))

    def one_by_one() -> np.ndarray:
        return np.concatenate([confidences(encoding.render([genome])) for genome in genomes])

    def keras_one_by_one() -> np.ndarray:
        pictures = (encoding.render([genome]).astype(np.float32) for genome in genomes)
        return np.concatenate([opened.model.predict(picture, verbose=0) for picture in pictures])

    def seconds(run) -> float:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start

    ways = {"generation": whole, "one by one": one_by_one, "one by one in Keras": keras_one_by_one}
    found = {name: run() for name, run in ways.items()}
    apart = {name: float(np.abs(each - found["generation"]).max()) for name, each in found.items()}
    times: dict[str, list[float]] = {name: [] for name in (*ways, "drawing", "drawing one by one")}
    for _ in range(asked.rounds):
        for name, run in ways.items():
            times[name].append(seconds(run))
        times["drawing"].append(seconds(lambda: encoding.render(genomes)))
        times["drawing one by one"].append(seconds(lambda: [encoding.render([each]) for each in genomes]))
    medians = {name: statistics.median(each) for name, each in times.items()}
    row = {
        "population": asked.population,
        "picture": opened.shape,
        "model": asked.model or "small network",
        "rounds": asked.rounds,
        "median_seconds": {name: round(each, 4) for name, each in medians.items()},
        "candidates_per_second": round(asked.population / medians["generation"], 1),
        "ratio": round(medians["one by one"] / medians["generation"], 2),
        "ratio_keras": round(medians["one by one in Keras"] / medians["generation"], 2),
        "ratio_drawing": round(medians["drawing one by one"] / medians["drawing"], 2),
        "largest_difference": float(f"{max(apart.values()):.2g}"),
        "cores": os.cpu_count(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
