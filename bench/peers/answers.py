"""Measures on request: a JSON object per line on standard input, and its answer as a line on standard output."""

import json
import os
import sys
import time

# Libraries also print to standard output: keep it for answers, and send everything else to standard error.
_ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def tell(message):
    print(json.dumps(message), file=_ANSWERS, flush=True)


def answer(prepare, cpu_time=time.process_time):
    """Answers {..., "count": n} with the seconds and CPU seconds of prepare(request)(n); `prepare` is not timed."""
    for line in sys.stdin:
        request = json.loads(line)
        run = prepare(request)
        start, cpu_start = time.perf_counter(), cpu_time()
        run(request["count"])
        seconds, cpu_seconds = time.perf_counter() - start, cpu_time() - cpu_start
        tell({"seconds": seconds, "cpuSeconds": cpu_seconds})
