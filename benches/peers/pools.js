// Pools of Node: child processes that were forked, and worker threads. Prints a JSON object per
// line: who, what, and the samples in nanoseconds. Ends itself after 20 s.
'use strict';

const childProcess = require('node:child_process');
const threads = require('node:worker_threads');

const WORKERS = 4;
const SAMPLES = 3;
// Messages on their way to a worker or from it.
const WINDOW = 64;
const MIB = 1 << 20;

// The worker's side: answers each message; the answer to a payload is its last byte.
const answer = (message) => (message === null ? 0 : message[message.length - 1]);
function fork() {
  const env = { ...process.env, CONCLAB_PEER: 'process' };
  const child = childProcess.fork(__filename, [], { env, serialization: 'advanced' });
  return { on: (f) => child.on('message', f), send: (m) => child.send(m), end: () => child.disconnect() };
}

function thread() {
  const worker = new threads.Worker(__filename);
  return { on: (f) => worker.on('message', f), send: (m) => worker.postMessage(m), end: () => worker.terminate() };
}

class Pool {
  constructor(start) {
    this.workers = Array.from({ length: WORKERS }, start);
    for (const worker of this.workers) worker.on(() => this.answered(worker));
  }

  // Has `n` copies of `message` answered, with at most `window` on their way per worker.
  map(message, n, window) {
    this.message = message;
    this.unsent = n;
    this.missing = n;
    return new Promise((done) => {
      this.done = done;
      for (let i = 0; i < window; i += 1) for (const worker of this.workers) this.next(worker);
    });
  }

  next(worker) {
    if (this.unsent === 0) return;
    this.unsent -= 1;
    worker.send(this.message);
  }

  answered(worker) {
    this.missing -= 1;
    this.next(worker);
    if (this.missing === 0) this.done();
  }

  end() {
    for (const worker of this.workers) worker.end();
  }
}

const tell = (who, what, samples) => console.log(JSON.stringify({ who, what, samples_ns: samples }));

async function timed(work) {
  const begin = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begin);
}

async function perTask(work, n) {
  await work();
  const samples = [];
  for (let i = 0; i < SAMPLES; i += 1) samples.push((await timed(work)) / n);
  return samples;
}

async function measure(who, start) {
  const starts = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    let pool;
    starts.push(await timed(() => {
      pool = new Pool(start);
      return pool.map(null, WORKERS, 1);
    }));
    pool.end();
  }
  tell(who, 'start of 4 workers', starts);
  const pool = new Pool(start);
  const one = async () => { for (let i = 0; i < 200; i += 1) await pool.map(null, 1, 1); };
  tell(who, 'one task and back', await perTask(one, 200));
  tell(who, 'a tiny task of many', await perTask(() => pool.map(null, 20_000, WINDOW), 20_000));
  const payload = Buffer.alloc(MIB, 1);
  tell(who, '1 MiB of many', await perTask(() => pool.map(payload, 16, 1), 16));
  pool.end();
}

async function main() {
  console.log(JSON.stringify({ version: `Node ${process.versions.node}` }));
  await measure('Node, child_process.fork', fork);
  await measure('Node, worker_threads', thread);
}

if (process.env.CONCLAB_PEER === 'process') {
  process.on('message', (message) => process.send(answer(message)));
  process.on('disconnect', () => process.exit());
} else if (!threads.isMainThread) {
  threads.parentPort.on('message', (message) => threads.parentPort.postMessage(answer(message)));
} else {
  setTimeout(() => process.exit(1), 20_000).unref();
  main();
}
