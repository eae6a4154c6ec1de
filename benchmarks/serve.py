"""How many requests a second `teni serve` answers, beside a plain FastAPI service around Keras's `predict`.

    python benchmarks/serve.py [--clients 1,8,64] [--rounds 3] [--seconds 5] [--size 96]

Both serve the same facial-cnn-6 with random weights, each in a process of its own, and are asked by turns, so that a
machine that is busy for a while is busy for both. Each client is a connection that stays open and sends the next
picture (a PNG of 96x96 pixels in a form) as soon as the last is answered. The clients are one small asyncio program
over raw sockets, so that little of the machine goes to them.

The baseline is what a good user writes in twenty lines: an endpoint in FastAPI's thread pool, `UploadFile`, Pillow,
one `model.predict` a request behind a lock, warmed up before it is asked. Printed are a table of medians over the
rounds and one JSON object: requests a second, the 99th percentile of the time to an answer, their ratio, and how far
apart the points of both are.
"""

import argparse
import asyncio
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

SIZE = 96
BOUNDARY = "b0undary"
BASELINE = """
import io, sys, threading
import teni  # names Keras's backend
import keras, numpy as np, uvicorn
from fastapi import FastAPI, UploadFile
from PIL import Image

model = keras.models.load_model(sys.argv[1])
names = sys.argv[3].split(",")
app = FastAPI()
alone = threading.Lock()

@app.post("/predict")
def predict(files: list[UploadFile]):
    images = [Image.open(io.BytesIO(file.file.read())).convert("L") for file in files]
    batch = np.stack([np.asarray(image.resize((96, 96)))[..., None] for image in images])
    with alone:  # Keras's predict is not made for several threads at a time: without this it raises
        points = model.predict(batch, verbose=0)
    return [
        {"keypoints": {name: {"x": float(x), "y": float(y)} for name, (x, y) in zip(names, row)}} for row in points
    ]

@app.get("/health")
def health():
    return {"status": "ok"}

model.predict(np.zeros((1, 96, 96, 1), np.uint8), verbose=0)
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", default="1,8,64")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument(
        "--size", type=int, default=SIZE, help="pixels of the sides of the pictures that are sent"
    )
    return parser.parse_args()


def make_run_folder(folder: Path) -> tuple[Path, list[str]]:
    """Write a run whose model is facial-cnn-6 with random weights."""
    import keras

    from fake_run import NAMES, make_run
    from teni.backbones import backbone
    from teni.run import write_run

    network = backbone("facial-cnn-6", weights="random")
    image = keras.Input((SIZE, SIZE, 1), dtype="uint8", name="image")
    features = network.model(network.preprocessing.layers(image))
    points = keras.layers.Dense(2 * len(NAMES), name="head")(keras.layers.Flatten()(features))
    model = keras.Model(image, keras.layers.Reshape((len(NAMES), 2))(points))
    run = folder / "run"
    run.mkdir()
    model.save(run / "model.keras")
    write_run(run, make_run())
    return run, list(NAMES)


def free_port() -> int:
    import socket

    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return each.getsockname()[1]


def start(command: list, port: int) -> subprocess.Popen:
    """Start a service and wait until it is healthy."""
    process = subprocess.Popen(command)
    begin = time.monotonic()
    while time.monotonic() - begin < 300 and process.poll() is None:
        try:
            asyncio.run(ask_once(port, b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))
            return process
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"a service did not become healthy: {command[:4]}")


def request(size: int) -> bytes:
    file = io.BytesIO()
    shades = np.random.default_rng(0).integers(0, 256, (12, 12), np.uint8)
    Image.fromarray(shades).resize((size, size), Image.Resampling.BICUBIC).save(file, "PNG")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n'
    body = (
        f"{head}Content-Type: image/png\r\n\r\n".encode()
        + file.getvalue()
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    lines = (
        "POST /predict HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + body


class Client(asyncio.Protocol):
    """Send the same request again and again; note how long each answer took."""

    def __init__(self, message: bytes, until: float, ended: asyncio.Future, once: bool = False) -> None:
        self.message, self.until, self.ended, self.once = message, until, ended, once
        self.seconds: list[float] = []
        self.buffer = bytearray()
        self.body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.begin = time.perf_counter()
        self.transport.write(self.message)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        at = self.buffer.find(b"\r\n\r\n")
        if at < 0:
            return
        head = bytes(self.buffer[:at]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self.buffer) < at + 4 + length:
            return
        now = time.perf_counter()
        self.body = bytes(self.buffer[at + 4 :])
        if not head.startswith(b"http/1.1 200"):
            self.end(RuntimeError(f"{head[:40]!r}: {self.body[:200]!r}"))
            return
        self.buffer.clear()
        self.seconds.append(now - self.begin)
        if self.once or now >= self.until:
            self.end(None)
        else:
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self.end(error or ConnectionError("the service closed a connection"))

    def end(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error) if error else self.ended.set_result(None)
            self.transport.close()


async def ask_once(port: int, message: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    _, client = await loop.create_connection(lambda: Client(message, 0, ended, once=True), "127.0.0.1", port)
    await ended
    return client.body


async def load(port: int, clients: int, seconds: float, message: bytes) -> tuple[float, float]:
    """Return requests a second and the 99th percentile of their time in milliseconds."""
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    made = []
    for _ in range(clients):
        ended = loop.create_future()
        _, client = await loop.create_connection(
            lambda ended=ended: Client(message, begin + seconds, ended), "127.0.0.1", port
        )
        made.append(client)
    await asyncio.gather(*[client.ended for client in made])
    took = time.perf_counter() - begin
    times = [each for client in made for each in client.seconds]
    return len(times) / took, 1000 * float(np.percentile(times, 99))


def points(body: bytes) -> np.ndarray:
    return np.array([[p["x"], p["y"]] for p in json.loads(body)[0]["keypoints"].values()])


def main() -> None:
    asked = parse()
    levels = [int(each) for each in asked.clients.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        run, names = make_run_folder(Path(folder))
        plain = Path(folder) / "baseline.py"
        plain.write_text(BASELINE)
        ports = {"teni": free_port(), "baseline": free_port()}
        teni_serve = [sys.executable, "-c", "from teni.cli import main; main()", "serve", run]
        model = run / "model.keras"
        baseline = [sys.executable, plain, model, str(ports["baseline"]), ",".join(names)]
        processes = [
            start([*teni_serve, "--port", str(ports["teni"])], ports["teni"]),
            start(baseline, ports["baseline"]),
        ]
        try:
            result = measure(asked, levels, ports)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
    print(json.dumps(result))


def measure(asked: argparse.Namespace, levels: list[int], ports: dict[str, int]) -> dict:
    message = request(asked.size)
    answers = {name: points(asyncio.run(ask_once(port, message))) for name, port in ports.items()}
    found: dict[tuple[str, int], list[tuple[float, float]]] = {(n, c): [] for n in ports for c in levels}
    for port in ports.values():  # one short round that is not counted
        asyncio.run(load(port, max(levels), min(asked.seconds, 2.0), message))
    for turn in range(asked.rounds):
        for clients in levels:
            for name in list(ports)[:: 1 if turn % 2 == 0 else -1]:
                found[name, clients].append(asyncio.run(load(ports[name], clients, asked.seconds, message)))
    rows = []
    print(f"{'clients':>8}{'teni req/s':>14}{'p99 ms':>10}{'baseline req/s':>18}{'p99 ms':>10}{'ratio':>8}")
    for clients in levels:
        (ours, our_p99), (theirs, their_p99) = (
            [statistics.median(values) for values in zip(*found[name, clients], strict=True)]
            for name in ("teni", "baseline")
        )
        ratio = statistics.median(
            a / b for (a, _), (b, _) in zip(found["teni", clients], found["baseline", clients], strict=True)
        )
        print(f"{clients:>8}{ours:>14.1f}{our_p99:>10.1f}{theirs:>18.1f}{their_p99:>10.1f}{ratio:>8.2f}")
        rows.append({
            "clients": clients,
            "teni": {"requests_per_second": round(ours, 1), "p99_ms": round(our_p99, 1)},
            "baseline": {"requests_per_second": round(theirs, 1), "p99_ms": round(their_p99, 1)},
            "ratio": round(ratio, 2),
        })  # fmt: skip
    return {
        "rows": rows,
        "rounds": asked.rounds,
        "seconds": asked.seconds,
        "picture": f"{asked.size}x{asked.size} PNG",
        "largest_difference_px": float(f"{np.abs(answers['teni'] - answers['baseline']).max():.2g}"),
        "cores": os.cpu_count(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    import teni  # noqa: F401  names Keras's backend before Keras is imported

    main()
