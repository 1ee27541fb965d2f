"""The lab's tasks, done by the standard library's executors.

Reads one line of tasks from standard input ("primes FROM TO;..." or "ask PORT DELAY_US;..."),
does as many as fit into the budget one after the other, then the same ones with threads and with
processes, and prints a line for each: its name, nanoseconds, the sum of the answers.
Arguments: the number of workers, the budget in seconds, the limit of the whole in seconds.
"""
import os
import sys

print("version %d.%d.%d" % sys.version_info[:3], flush=True)
if sys.version_info < (3, 8):
    sys.exit()

import multiprocessing
import signal
import socket
import struct
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

LIMIT_S = int(sys.argv[3])
mine = threading.local()


def begin_worker():
    """Every process ends itself when the time is over, whatever has become of the others."""
    if threading.current_thread() is threading.main_thread():
        signal.alarm(LIMIT_S)


def end_with_parent():
    """Ends all our processes when the parent does: then the input ends."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def primes(begin, end):
    count = 0
    for number in range(begin, end):
        if number < 4:
            count += number > 1
        elif number % 2:
            divisor = 3
            while divisor * divisor <= number:
                if number % divisor == 0:
                    break
                divisor += 2
            else:
                count += 1
    return count


def right_answer(bits):
    mask = (1 << 64) - 1
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & mask
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & mask
    return (bits ^ bits >> 31) & mask >> 1


def ask(port, delay_us):
    if getattr(mine, "pid", None) != os.getpid():
        mine.line = socket.create_connection(("127.0.0.1", port))
        mine.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        mine.pid, mine.number = os.getpid(), 0
    mine.number += 1
    mine.line.sendall(struct.pack("<II", delay_us, mine.number))
    reply = mine.line.recv(8, socket.MSG_WAITALL)
    if reply != struct.pack("<Q", right_answer(mine.number << 32 | delay_us)):
        raise ValueError("the server's answer is wrong")
    return delay_us


def do(task):
    kind, first, second = task
    return (primes if kind == "primes" else ask)(first, second)


def tell(name, begin, answers):
    print("way %s\t%d\t%d" % (name, time.perf_counter_ns() - begin, sum(answers)), flush=True)


def main():
    signal.alarm(LIMIT_S)
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 65536) or sys.exit("no tasks")
    threading.Thread(target=end_with_parent, daemon=True).start()
    tasks = [(kind, int(first), int(second)) for kind, first, second in map(str.split, line.decode().split(";"))]
    workers, budget_s = int(sys.argv[1]), float(sys.argv[2])

    answers, begin = [], time.perf_counter_ns()
    for task in tasks:
        answers.append(do(task))
        if time.perf_counter_ns() - begin > budget_s * 1e9:
            break
    tell("one after the other", begin, answers)
    tasks = tasks[: len(answers)]
    print("tasks %d" % len(tasks), flush=True)

    begin = time.perf_counter_ns()
    with ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(do, tasks))
    tell("ThreadPoolExecutor", begin, answers)

    # What is given by `-c` cannot be imported by a process that was not forked.
    fork = multiprocessing.get_context("fork")
    begin = time.perf_counter_ns()
    with ProcessPoolExecutor(workers, mp_context=fork, initializer=begin_worker) as pool:
        answers = list(pool.map(do, tasks))
    tell("ProcessPoolExecutor", begin, answers)


main()
