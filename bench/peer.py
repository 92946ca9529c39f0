"""How bench/run.js talks to a peer: one JSON message a line.

The peer opens with {"versions": {...}} or {"missing": reason}. It answers each
{"peer": name, "case": {...}, "warm": n, "steps": n} with {"ms": mean milliseconds of a step, "cpu_ms": those of processor
time, of all threads together, "variant": text or null}.
"""

import json
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


def wait():
    """Waits for what a device still computes; a peer on one puts its own in this place."""


def measure(step, warm, steps):
    """Mean milliseconds of a step over a block of them, and those of processor time."""
    for _ in range(warm):
        step()
    wait()
    start, used = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    wait()
    milliseconds = 1e3 / steps
    return (time.perf_counter() - start) * milliseconds, (time.process_time() - used) * milliseconds


def serve(versions, build):
    """Answers until the input ends.

    build(peer, case) gives the step to time, a check that its numbers are finite, and its name where it is one of several variants.
    """
    say({"versions": versions})
    current, built = None, {}
    for line in sys.stdin:
        request = json.loads(line)
        peer, case = request["peer"], request["case"]
        if case != current:
            current, built = case, {}
        if peer not in built:
            built[peer] = build(peer, case)
        step, finite, variant = built[peer]
        milliseconds, processor = measure(step, request["warm"], request["steps"])
        if not finite():
            raise FloatingPointError(f"{peer}: the parameters of {case['name']} are no longer finite")
        say({"ms": milliseconds, "cpu_ms": processor, "variant": variant})
