"""A process that does one side's work of one row whenever it is told to; `bench.py` starts it.

    python benchmarks/worker.py ROW SIDE SIZE     (then "go" on standard input, once for each time)

Prints one JSON object a line: first what is known once the work is set up and was done once, then the seconds of each
time. It does nothing in between, so that workers of several sides can take turns.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def main() -> None:
    name, side, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    from rows.all import find

    row = find(name)
    os.environ["KERAS_BACKEND"] = row.backend(side)
    say, sys.stdout = sys.stdout, sys.stderr  # libraries print too
    work = row.make(side, size)
    told = work.run()
    print(
        json.dumps({"operations": work.operations, "share": work.share, "told": told}), file=say, flush=True
    )
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        work.run()
        done = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}
        print(json.dumps(done), file=say, flush=True)


if __name__ == "__main__":
    main()
