// What the page knows: the states of one variant, and what can be said of a way through them.
// Nothing here touches the document, so that it can be tested without one.

// The graph of a variant as the program exports it, out of the tables that make the page small.
function decode(packed) {
  const text = (number) => (number === null ? null : packed.texts[number]);
  const threads = packed.places.map(([name, next, file, line, waits]) => ({
    name: text(name), next: text(next), file: text(file), line, waits: text(waits),
  }));
  const steps = packed.steps.map(([thread, operation, result]) => ({
    thread: text(thread), operation: text(operation), result: text(result),
  }));
  const objects = packed.objects.map(([name, value]) => [text(name), text(value)]);
  return packed.states.map((state) => ({
    objects: state[0].map((n) => objects[n]),
    threads: state[1].map((n) => threads[n]),
    moves: state[2].map(([step, to]) => ({ ...steps[step], to })),
    interleavings: text(state[3]),
    failing: text(state[4]),
    odds: text(state[5]),
    canFail: (state[6] & 1) !== 0,
    mustFail: (state[6] & 2) !== 0,
    outcome: text(state[7]),
  }));
}

// One variant: its states, and what they have in common.
function variantOf(packed) {
  const states = decode(packed);
  const moving = new Set(states.flatMap((state) => state.threads)
    .filter((thread) => thread.next !== null).map((thread) => thread.name));
  const most = (list) => list.reduce((one, other) => (other.length > one.length ? other : one), []);
  const values = new Map();
  for (const state of states) {
    for (const [name, value] of state.objects) {
      if (!values.has(name)) values.set(name, new Set());
      values.get(name).add(value);
    }
  }
  const all = [...values.keys()];
  const varying = all.filter((name) => values.get(name).size > 1);
  return {
    ...packed,
    states,
    complete: states.length === packed.states_all,
    // The main thread has no lane if all it does is to wait for the others.
    threads: most(states.map((state) => state.threads)).map((thread) => thread.name)
      .filter((name) => moving.has(name)),
    objects: varying.length > 0 ? varying : all,
    objectNames: all,
    endless: trapped(states),
  };
}

// The states from which no end can be reached: going round for ever. A step out of the page may
// lead to an end.
function trapped(states) {
  const back = states.map(() => []);
  const open = [];
  states.forEach((state, n) => {
    const out = state.moves.some((move) => move.to === null);
    if (state.moves.length === 0 || out) open.push(n);
    for (const move of state.moves) if (move.to !== null) back[move.to].push(n);
  });
  const ends = new Set(open);
  while (open.length > 0) {
    for (const before of back[open.pop()]) {
      if (!ends.has(before)) {
        ends.add(before);
        open.push(before);
      }
    }
  }
  return states.map((_, n) => !ends.has(n));
}

// The states along some moves from the beginning; ends before a move that there is not.
function statesAlong(variant, moves) {
  const along = [0];
  for (const nth of moves) {
    const move = variant.states[along[along.length - 1]].moves[nth];
    if (!move || move.to === null) break;
    along.push(move.to);
  }
  return along;
}

// The object that an operation is about: `store counter 1` is about `counter`.
function objectOf(variant, operation) {
  const rest = operation.slice(operation.indexOf(" ") + 1);
  const fits = (name) => rest === name || rest.startsWith(`${name} `);
  return variant.objectNames.filter(fits).sort((a, b) => b.length - a.length)[0];
}

// The steps of a way, with what has to be said about each: whose change a store overwrites, and
// after which step it is decided how all this ends.
function rowsAlong(variant, moves) {
  const along = statesAlong(variant, moves);
  const readAt = new Map();
  const changedAt = new Map();
  return along.slice(1).map((at, n) => {
    const before = variant.states[along[n]];
    const after = variant.states[at];
    const move = before.moves[moves[n]];
    const standing = before.threads.find((thread) => thread.name === move.thread);
    const step = n + 1;
    const object = objectOf(variant, move.operation);
    const verb = move.operation.split(" ")[0];
    const value = (state) => (state.objects.find(([name]) => name === object) || [])[1];
    let stale = null;
    if (object !== undefined) {
      const mine = `${move.thread}\n${object}`;
      const changed = changedAt.get(object);
      if (verb === "load") readAt.set(mine, { step, value: move.result });
      const read = readAt.get(mine);
      const isStale = verb === "store" && read && changed;
      if (isStale && changed.by !== move.thread && changed.step > read.step) {
        stale = { since: read.step, read: read.value, by: changed.by, at: changed.step, object };
      }
      if (verb === "store" || value(before) !== value(after)) {
        changedAt.set(object, { step, by: move.thread });
      }
    }
    return {
      step, ...move, object, stale, line: standing ? standing.line : null,
      objects: after.objects,
      doomed: after.mustFail && !before.mustFail,
      saved: !after.canFail && before.canFail,
    };
  });
}

// A value; the largest number stands for "nothing" in a word of a lock, and nobody reads it.
function shown(value) {
  return value.replace(/\b(18446744073709551615|4294967295)\b/g, "MAX");
}

// An operation without the name of the object, where there is only one: `store 1`.
function shortly(variant, operation) {
  if (variant.objectNames.length !== 1) return shown(operation);
  return shown(operation).replace(` ${variant.objectNames[0]}`, "");
}

// Moves from one state to another, fewest first; nothing if there is no way.
function wayTo(variant, from, target) {
  const cameBy = new Map([[from, null]]);
  const open = [from];
  for (const at of open) {
    if (at === target) break;
    variant.states[at].moves.forEach((move, nth) => {
      if (move.to !== null && !cameBy.has(move.to)) {
        cameBy.set(move.to, [at, nth]);
        open.push(move.to);
      }
    });
  }
  if (!cameBy.has(target)) return null;
  const moves = [];
  for (let step = cameBy.get(target); step; step = cameBy.get(step[0])) moves.unshift(step[1]);
  return moves;
}

// A number of digits with commas, or rounded if nobody could read it: `1.23e45`.
function count(digits) {
  if (digits.length > 15) return `${digits[0]}.${digits.slice(1, 3)}e${digits.length - 1}`;
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

// Where the page stands, in words for the address: `#v=mutex&m=0.1.1`.
function addressOf(name, moves) {
  return `#v=${encodeURIComponent(name)}&m=${moves.join(".")}`;
}

// The same read again; what is not understood is left out.
function readAddress(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const moves = (fields.get("m") || "").split(".").filter((nth) => /^\d{1,4}$/.test(nth));
  return { name: fields.get("v"), moves: moves.map(Number) };
}

// What a state says of the ways on from it, in a sentence.
function aheadOf(state) {
  if (!state.canFail) {
    const all = state.interleavings;
    if (all === null) return "No way on from here fails.";
    return all === "1"
      ? "The one interleaving that goes on from here is right."
      : `Of ${count(all)} interleavings that go on from here, none fails.`;
  }
  if (state.interleavings === null) {
    return state.mustFail ? "Every way on from here fails." : "Some ways on from here fail.";
  }
  const [all, bad] = [count(state.interleavings), count(state.failing)];
  if (state.mustFail) {
    return all === "1"
      ? "The one interleaving that goes on from here fails."
      : `All ${all} interleavings that go on from here fail.`;
  }
  const fail = bad === "1" ? "1 fails" : `${bad} fail`;
  return `Of ${all} interleavings that go on from here, ${fail}.`;
}

// Threads of a state that wait for each other in a ring, each with what it waits for and who has
// that; nothing if there is no ring.
function ringOf(state) {
  const waits = new Map();
  for (const { name, waits: text } of state.threads) {
    const [wants, by] = text === null ? [] : text.split(/, held by (?=[^,]*$)/);
    if (by !== undefined) waits.set(name, { name, wants, by });
  }
  for (const begin of waits.keys()) {
    const ring = [];
    for (let one = waits.get(begin); one && !ring.includes(one); one = waits.get(one.by)) ring.push(one);
    if (ring.length > 1 && ring.at(-1).by === begin) return ring;
  }
  return null;
}

// Why it went wrong, from the steps and the last state: sentences, none if there is nothing to say.
function reasons(variant, rows, at) {
  const state = variant.states[at];
  const said = [];
  for (const row of rows.filter((row) => row.stale)) {
    const { since, read, by, at: when, object } = row.stale;
    said.push(
      `Step ${row.step}: ${row.thread} stores what follows from the ${read} that it loaded in step ` +
      `${since}. ${by} changed ${object} in step ${when}, and ${row.thread} overwrites that.`);
  }
  if (state.moves.length === 0) {
    const stuck = state.threads.filter((thread) => thread.waits !== null)
      .map((thread) => `${thread.name} waits for ${thread.waits}.`);
    if (stuck.length > 0) said.push(`Nobody can go on. ${stuck.join(" ")}`);
  }
  return said;
}
