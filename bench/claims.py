"""Claims a second and the slowest of a hundred, with every filter and conflict, at growing numbers of submissions.

Rows are made by SQL. For each size two queues are tried: all open, and all but OPEN of them closed; the cost of a claim
must not grow with closed ones. The baseline, in the same run and with as many threads, takes rows of a table that has
one column with SKIP LOCKED and nothing else.

    make bench BENCH=claims ARGS="--sizes 1000,100000,1000000 --threads 150 --seconds 10"
"""

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.ground import prepare

OPEN = 60_000  # of the queue with closed ones; all of it where it is smaller
ASSESSORS = 150
ROUNDS = 15  # page views that a median is taken of


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--sizes", default="1000,100000", help="submissions, like 1000,100000,1000000")
    given.add_argument("--threads", type=int, default=ASSESSORS)
    given.add_argument("--seconds", type=float, default=5.0, help="how long each queue is claimed from")
    args = given.parse_args()
    prepare()
    from bench.claims_ground import Ground

    ground = Ground(assessors=max(args.threads, 2))
    bare = run(ground.bare_claims(), args.threads, args.seconds)
    say("bare SKIP LOCKED", bare, None)
    for size in map(int, args.sizes.split(",")):
        for opened in dict.fromkeys((size, min(size, OPEN))):
            ground.fill(size, opened)
            found = run(ground.claims(), args.threads, args.seconds)
            say(f"{size:,} of which {opened:,} open", found, bare)
            doubles, conflicts = ground.mistakes(found.taken)
            print(f"{'':<32} {doubles} doubles, {conflicts} conflicts among {len(found.taken):,} claims")
            for name, view in ground.pages().items():
                milliseconds, queries = page(view)
                print(f"{'':<32} {name}: {milliseconds:,.0f} ms, {queries} queries")
            ground.empty()


class Found:
    """What threads took, and how long each claim was under way (seconds)."""

    def __init__(self) -> None:
        self.taken: list[tuple] = []
        self.times: list[float] = []
        self.seconds = 0.0


def run(workers: Callable[[int], Callable[[], object | None]], threads: int, seconds: float) -> Found:
    """Let `threads` claim at the same time until the time is over or nothing is left."""
    found, lock, start = Found(), threading.Lock(), threading.Barrier(threads + 1)
    end = [0.0]

    def work(number: int) -> None:
        from django.db import connections

        claim, taken, times = workers(number), [], []
        try:
            start.wait()
            while time.perf_counter() < end[0]:
                began = time.perf_counter()
                got = claim()
                if got is None:
                    break
                times.append(time.perf_counter() - began)
                taken.append(got)
        finally:
            connections.close_all()
        with lock:
            found.taken += taken
            found.times += times

    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(work, number) for number in range(threads)]
        began = time.perf_counter()
        end[0] = began + seconds
        start.wait()
        for job in jobs:
            job.result()
        found.seconds = time.perf_counter() - began
    return found


def say(what: str, found: Found, bare: Found | None) -> None:
    rate = len(found.times) / found.seconds
    times = sorted(found.times) or [0.0]
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    ratio = f"  1 : {len(bare.times) / bare.seconds / rate:,.1f} of bare" if bare and rate else ""
    median = statistics.median(times)
    print(f"{what:<32} {rate:>7,.0f} claims/s  median {median * 1000:,.0f} ms  p99 {p99 * 1000:,.0f} ms{ratio}")


def page(view: Callable[[], object]) -> tuple[float, int]:
    """The median time of a page in milliseconds, and its queries."""
    from django.db import connection

    queries: list[str] = []

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        queries.append(sql)
        return execute(sql, *rest)

    view()
    with connection.execute_wrapper(note):
        view()
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        view()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000, len(queries)


if __name__ == "__main__":
    main()
