"""Hostile uploads for `teni serve`: whatever is sent, a clear answer, and the service lives on in the same memory.

    python fuzz/serve_uploads.py [--uploads 10000] [--seed 0] [--clients 4]

A small run is made and served by a process of its own. Uploads are real pictures with bytes changed, cut, repeated
or swapped, decompression bombs, polyglots, forms and JSON that are damaged or strange, odd types, names and boxes.
Printed is one JSON object: how often which status came, the server's memory before and after, and faults, of which
there must be none: a status of 5xx but 503, an answer that is not JSON with one sentence, a server that is gone.
"""

import argparse
import base64
import http.client
import io
import json
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

BOUNDARY = b"----fuzz7f3a"
WARM_UP = 500  # uploads after which memory is first measured: by then threads and caches have grown
GROWTH_MB = 64  # that memory may differ by; a leak of every upload would be far more


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uploads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clients", type=int, default=4)
    return parser.parse_args()


def picture(random: np.random.Generator, kind: str, **options) -> bytes:
    height, width = random.integers(1, 120, 2)
    channels = int(random.choice([1, 3, 4])) if kind in ("PNG", "WEBP") else 3
    small = random.integers(0, 256, (max(1, height // 8), max(1, width // 8), channels), np.uint8)
    image = Image.fromarray(small[..., 0] if channels == 1 else small).resize((int(width), int(height)))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def seeds(random: np.random.Generator) -> list[bytes]:
    made = [
        picture(random, kind)
        for kind in ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF", "PPM")
        for _ in range(6)
    ]
    made += [picture(random, "JPEG", progressive=True), picture(random, "WEBP", lossless=True)]
    exif = Image.Exif()
    exif[0x0112] = 6
    made += [picture(random, "JPEG", exif=exif), picture(random, "PNG", exif=exif)]
    return made


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(random: np.random.Generator) -> bytes:
    width, height = (int(10 ** random.uniform(3, 9)) for _ in range(2))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width & 0x7FFFFFFF, height & 0x7FFFFFFF, 8, 2, 0, 0, 0))
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(int(random.integers(1, 4_000_000)))))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + text
        + chunk(b"IDAT", zlib.compress(bytes(200_000)))
        + chunk(b"IEND", b"")
    )


def honest_bomb(random: np.random.Generator) -> bytes:
    """Make a picture of many pixels that is what it says; some are within the limit."""
    side = int(random.integers(1000, 7000))
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


def mutated(random: np.random.Generator, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(int(random.integers(1, 6))):
        at, size = int(random.integers(0, len(data) + 1)), int(random.integers(1, 64))
        match int(random.integers(0, 7)):
            case 0:
                data[at : at + size] = random.bytes(size)
            case 1:
                del data[at:]
            case 2:
                data[at:at] = data[at : at + size] * int(random.integers(1, 50))
            case 3:
                del data[at : at + size]
            case 4 if data:
                data[min(at, len(data) - 1)] ^= 1 << int(random.integers(0, 8))
            case 5:
                data[at : at + 4] = pick(random, WORDS)
            case _:
                data += random.bytes(size)
    return bytes(data)


def polyglot(random: np.random.Generator, content: bytes) -> bytes:
    extra = pick(random, OTHERS)
    return extra + content if random.random() < 0.5 else content + extra + content


def content(random: np.random.Generator, real: list[bytes]) -> bytes:
    one = pick(random, real)
    match random.choice(6, p=[0.12, 0.55, 0.13, 0.1, 0.05, 0.05]):
        case 0:
            return one
        case 1:
            return mutated(random, one)
        case 2:
            return polyglot(random, one)
        case 3:
            return random.bytes(int(random.integers(0, 5000)))
        case 4:
            return bomb(random)
        case _:
            return honest_bomb(random) if random.random() < 0.1 else one[: int(random.integers(0, len(one)))]


NUMBERS = ("0 1 -1 1e999 NaN -Infinity 1e308 null true 0.5 [] {} 99999999999999999999 " + '"7"').split()
NAMES = (b"a.png", b"../../etc/passwd", b"", b'a\\"b', b"\xff\xfe", b"n" * 300, b"CON", b"a;name=boxes")
KINDS = (
    *(b"text/plain", b"", b"multipart/form-data", b"multipart/form-data; boundary=", b"image/png"),
    *(
        b"a/b; boundary=\xff",
        b"application/json; charset=utf-16",
        b"multipart/form-data; boundary=" + b"b" * 3000,
    ),
)
OTHERS = (
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"<script>alert(1)</script>",
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"MZ",
    b"#!/bin/sh\n",
)
WORDS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xd8\xff\xda")
STRANGE = (b"[" * 20_000, b'{"a":' * 9000, b'{"images": ' + b"9" * 9000 + b"}", b'"\\ud800"')


def pick(random: np.random.Generator, options: Sequence) -> Any:
    return options[int(random.integers(len(options)))]


def boxes(random: np.random.Generator) -> bytes:
    if random.random() < 0.3:
        return random.bytes(int(random.integers(0, 60)))
    many = int(random.integers(0, 4))
    each = [[pick(random, NUMBERS) for _ in range(int(random.integers(3, 6)))] for _ in range(many)]
    rows = [f"[{','.join(box)}]" for box in each]
    return f"[{','.join(rows)}]".encode()


def form(random: np.random.Generator, real: list[bytes]) -> tuple[bytes, bytes]:
    parts = []
    for _ in range(int(random.integers(0, 4)) if random.random() < 0.95 else 40):
        name = b"files" if random.random() < 0.95 else pick(random, [b"file", b"boxes", b"", b"files\0"])
        file_name = pick(random, NAMES)
        head = b'Content-Disposition: form-data; name="' + name + b'"; filename="' + file_name + b'"'
        parts.append(head + b"\r\nContent-Type: image/png\r\n\r\n" + content(random, real))
    if random.random() < 0.3:
        parts.append(b'Content-Disposition: form-data; name="boxes"\r\n\r\n' + boxes(random))
    body = (
        b"".join(b"--" + BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + BOUNDARY + b"--\r\n"
    )
    if random.random() < 0.15:
        body = mutated(random, body)
    return body, b"multipart/form-data; boundary=" + BOUNDARY


def as_json(random: np.random.Generator, real: list[bytes]) -> tuple[bytes, bytes]:
    images = [base64.b64encode(content(random, real)).decode() for _ in range(int(random.integers(0, 3)))]
    if random.random() < 0.3:
        images.append(pick(random, NUMBERS))
    text = f'{{"images": {json.dumps(images)}, "boxes": {boxes(random).decode("latin-1")}}}'.encode()
    if random.random() < 0.4:
        text = mutated(random, text)
    if random.random() < 0.05:
        text = pick(random, STRANGE)
    return text, b"application/json"


def odd(random: np.random.Generator, real: list[bytes]) -> tuple[bytes, bytes]:
    return content(random, real), pick(random, KINDS)


@dataclass
class Seen:
    """What the service answered."""

    statuses: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def one_upload(port: int, number: int, seed: int, real: list[bytes]) -> tuple[int, str]:
    """Send upload `number`; return the status and what was wrong with the answer, if anything."""
    random = np.random.default_rng((seed, number))
    make = (form, as_json, odd)[int(random.choice(3, p=[0.7, 0.22, 0.08]))]
    body, kind = make(random, real)
    path = "/propose" if random.random() < 0.03 else "/predict"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.putrequest("POST", path)
        if kind:
            connection.putheader("Content-Type", kind)
        if random.random() < 0.1:
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders(b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n" if body else b"0\r\n\r\n")
        else:
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
        answer = connection.getresponse()
        status, text = answer.status, answer.read()
    finally:
        connection.close()
    return status, wrong(status, text)


def wrong(status: int, text: bytes) -> str:
    try:
        said = json.loads(text)
    except ValueError:
        return f"{status}, not JSON: {text[:100]!r}"
    if status >= 500 and status != 503:
        return f"{status}: {text[:200]!r}"
    if status == 200:
        return "" if isinstance(said, list) else f"200 without a list: {text[:100]!r}"
    clear = isinstance(said, dict) and list(said) == ["error"] and 0 < len(said["error"]) < 400
    return "" if clear and "\n" not in said["error"] else f"{status}, not one sentence: {text[:300]!r}"


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024, 1)


def attack(
    port: int, first: int, last: int, asked: argparse.Namespace, real: list[bytes], seen: Seen
) -> None:
    lock = threading.Lock()
    numbers = iter(range(first, last))

    def client() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                status, fault = one_upload(port, number, asked.seed, real)
            except (OSError, http.client.HTTPException) as error:
                status, fault = 0, f"no answer: {error!r}"
            with lock:
                seen.statuses[status] += 1
                if fault:
                    seen.faults.append(f"upload {number}: {fault}")

    clients = [threading.Thread(target=client) for _ in range(asked.clients)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()


def main() -> None:
    asked = parse()
    from spot_run import save_spot_run  # after Keras's backend is named by teni

    with tempfile.TemporaryDirectory() as folder:
        run = save_spot_run(Path(folder) / "spots")
        command = [
            sys.executable,
            "-c",
            "from teni.cli import main; main()",
            "serve",
            run,
            "--port",
            "0",
            "--json",
        ]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        port = int(json.loads(server.stdout.readline())["url"].rpartition(":")[2])
        real, seen = seeds(np.random.default_rng(asked.seed)), Seen()
        warm = min(WARM_UP, asked.uploads)
        try:
            attack(port, 0, warm, asked, real, seen)
            before = resident_mb(server.pid)
            attack(port, warm, asked.uploads, asked, real, seen)
            after = resident_mb(server.pid)
            status, _ = one_upload(port, 0, asked.seed, real)
            alive = server.poll() is None and status > 0
        finally:
            server.send_signal(signal.SIGTERM)
            ended = server.wait(60)
    result = {
        "uploads": asked.uploads,
        "seed": asked.seed,
        "statuses": {str(status): many for status, many in sorted(seen.statuses.items())},
        "memory_mb": {"before": before, "after": after},
        "alive": alive,
        "exit_status": ended,
        "faults": len(seen.faults),
        "first_faults": seen.faults[:5],
    }
    print(json.dumps(result))
    flat = after - before < GROWTH_MB
    sys.exit(0 if alive and flat and not seen.faults and ended == 0 else 1)


if __name__ == "__main__":
    import teni  # noqa: F401  names Keras's backend before Keras is imported

    main()
