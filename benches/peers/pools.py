"""Pools of processes in Python's standard library: what starting them and sending tasks costs.

Prints a JSON object per line: who, what, and the samples in nanoseconds. Ends itself after 20 s.
"""
import json
import multiprocessing
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory

WORKERS = 4
SAMPLES = 3
LIMIT_S = 20
MIB = 1 << 20


def begin_worker(barrier, memory):
    """Every process ends itself when the time is over, whatever has become of the others."""
    global all_workers, shared
    signal.alarm(LIMIT_S)
    all_workers = barrier
    shared = memory and shared_memory.SharedMemory(memory)


def meet(_):
    all_workers.wait()


def nothing(_):
    return 0


def last_byte(payload):
    return payload[-1]


def last_shared_byte(slot):
    return shared.buf[(slot + 1) * MIB - 1]


def tell(who, what, samples):
    print(json.dumps({"who": who, "what": what, "samples_ns": samples}), flush=True)


def timed(work):
    begin = time.perf_counter_ns()
    result = work()
    return time.perf_counter_ns() - begin, result


def per_task(work, n):
    work()
    return [timed(work)[0] / n for _ in range(SAMPLES)]


class Pool:
    """multiprocessing.Pool behind the few calls that are measured."""

    def __init__(self, method, memory=None):
        context = multiprocessing.get_context(method)
        self.pool = context.Pool(WORKERS, begin_worker, (context.Barrier(WORKERS), memory))
        self.map(meet, range(WORKERS), 1)

    def map(self, work, tasks, chunksize):
        self.pool.map(work, tasks, chunksize)

    def end(self):
        self.pool.close()
        self.pool.join()


class Executor:
    """ProcessPoolExecutor likewise."""

    def __init__(self, method):
        context = multiprocessing.get_context(method)
        arguments = (context.Barrier(WORKERS), None)
        self.pool = ProcessPoolExecutor(WORKERS, context, begin_worker, arguments)
        self.map(meet, range(WORKERS), 1)

    def map(self, work, tasks, chunksize):
        for _ in self.pool.map(work, tasks, chunksize=chunksize):
            pass

    def end(self):
        self.pool.shutdown()


def starts(who, start):
    samples = []
    for _ in range(SAMPLES):
        ns, pool = timed(start)
        samples.append(ns)
        pool.end()
    tell(who, "start of 4 workers", samples)


def tasks(who, pool, n):
    tell(who, "one task and back", per_task(lambda: [pool.map(nothing, [0], 1) for _ in range(200)], 200))
    tell(who + ", chunksize 1", "a tiny task of many", per_task(lambda: pool.map(nothing, range(n), 1), n))
    many = 20 * n
    tell(who + ", chunksize 1000", "a tiny task of many", per_task(lambda: pool.map(nothing, range(many), 1000), many))
    payloads = [bytes(MIB)] * 16
    tell(who, "1 MiB of many", per_task(lambda: pool.map(last_byte, payloads, 1), 16))


def copied_in():
    """The sender copies each payload into shared memory, the worker looks at its last byte."""
    payload = bytes(MIB)
    memory = shared_memory.SharedMemory(create=True, size=16 * MIB)
    try:
        pool = Pool("fork", memory.name)

        def send():
            for slot in range(16):
                memory.buf[slot * MIB : (slot + 1) * MIB] = payload
            pool.map(last_shared_byte, range(16), 1)

        tell("Python, shared_memory", "1 MiB of many", per_task(send, 16))
        pool.end()
    finally:
        memory.close()
        memory.unlink()


def main():
    signal.alarm(LIMIT_S)
    print(json.dumps({"version": "Python %d.%d.%d" % sys.version_info[:3]}), flush=True)
    for method in ["fork", "spawn"]:
        starts("Python, Pool (%s)" % method, lambda: Pool(method))
        starts("Python, ProcessPoolExecutor (%s)" % method, lambda: Executor(method))
    pool = Pool("fork")
    tasks("Python, Pool (fork)", pool, 20_000)
    pool.end()
    executor = Executor("fork")
    tasks("Python, ProcessPoolExecutor (fork)", executor, 4_000)
    executor.end()
    copied_in()


if __name__ == "__main__":
    main()
