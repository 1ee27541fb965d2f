// What the page shows, and what it does when somebody is its scheduler.

const page = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const LANES = 6;
const PLAY_MS = 1400;
const still = matchMedia("(prefers-reduced-motion: reduce)");

// Where the page stands. Moves are places in the lists of moves, from the beginning.
const now = { variant: null, moves: [], undone: [], hints: false, timer: null, mark: null };

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const along = () => statesAlong(now.variant, now.moves);
const here = () => now.variant.states[along().at(-1)];
const lane = (thread) => now.variant.threads.indexOf(thread);

// A thread's sign: a letter or two that fit beside a line of code, in the colour of its lane.
function sign(thread) {
  const [word, number] = [thread[0], (thread.match(/\d+$/) || [""])[0]];
  const short = thread.length <= 3 ? thread : `${word}${number}`;
  return make("span", { class: `sign lane-${lane(thread) % LANES}`, title: thread }, short);
}

function say(text) {
  find("said").textContent = text;
}

// What is to be told of where the page stands now, after a move or a jump.
function tell(prefix = "") {
  const state = here();
  const last = rowsAlong(now.variant, now.moves).at(-1);
  const parts = [prefix];
  if (last && prefix === "") {
    const result = last.result === null ? "" : `, gets ${last.result}`;
    parts.push(`Step ${last.step}: ${last.thread}: ${last.operation}${result}.`);
    if (last.stale) parts.push(`This overwrites ${last.stale.by}'s change.`);
    if (last.doomed) parts.push("From here on every way fails.");
  }
  parts.push(state.objects.map(([name, value]) => `${name}: ${value}`).join(", ") + ".");
  const end = endOf(state);
  parts.push(end ? `${end.title} ${end.because}` : aheadOf(state));
  say(parts.filter((part) => part !== "").join(" "));
}

// How the program ended, if it did.
function endOf(state) {
  const endless = now.variant.endless[along().at(-1)];
  const name = state.outcome ?? (endless ? "livelock" : null);
  if (name === null) return null;
  const known = now.variant.outcomes.find((one) => one.outcome === name);
  const right = !state.mustFail;
  const what = known && known.does ? `: interleavings like this one ${known.does}` : "";
  const end = endless && state.outcome === null ? "No way on ever ends" : "The end";
  return {
    right,
    title: `${right ? "✓" : "✕"} ${end}: ${name}. ${right ? "Right" : "Wrong"}${what}.`,
    because: known && known.because ? known.because : "",
  };
}

// ---- moving

function show(moves, { keep = false, silent = false } = {}) {
  const reached = statesAlong(now.variant, moves).length - 1;
  now.moves = moves.slice(0, reached);
  if (!keep) now.undone = [];
  render();
  const address = addressOf(now.variant.name, now.moves);
  try {
    history.replaceState(null, "", address);
  } catch {
    // A sandboxed frame may not change its address; everything else works.
  }
  if (!silent) tell();
}

function step(nth) {
  const move = here().moves[nth];
  if (!move) return say(`There is no step ${nth + 1} here.`);
  if (move.to === null) return leftOut();
  const again = now.undone.at(-1) === nth;
  if (again) now.undone.pop();
  show([...now.moves, nth], { keep: again });
}

function leftOut() {
  const { states, states_all: all } = now.variant;
  const text = `This step leads out of the page: it holds ${count(String(states.length))} of the ` +
    `program's ${count(String(all))} states. A page of a smaller program holds all of them.`;
  find("end").replaceChildren(make("p", { class: "left-out" }, text));
  say(text);
}

function undo() {
  if (now.moves.length === 0) return say("This is the beginning.");
  now.undone.push(now.moves.at(-1));
  show(now.moves.slice(0, -1), { keep: true, silent: true });
  return tell(`Undone; ${now.moves.length} steps so far.`);
}

function redo() {
  if (now.undone.length === 0) return say("There is nothing to redo.");
  return step(now.undone.at(-1));
}

function restart() {
  show([], { silent: true });
  tell("At the beginning.");
}

function jump(target) {
  const from = along();
  const seen = from.indexOf(target);
  if (seen >= 0) return show(now.moves.slice(0, seen));
  const on = wayTo(now.variant, from.at(-1), target);
  return show(on ? [...now.moves, ...on] : wayTo(now.variant, 0, target));
}

// The simplest failure goes on by itself until somebody stops it; one step at a time for those
// who want no motion.
function playing() {
  return now.timer !== null;
}

function stop() {
  clearTimeout(now.timer);
  now.timer = null;
}

function failNext() {
  const way = now.variant.simplest;
  now.timer = null;
  const onIt = now.moves.every((nth, n) => nth === way[n]) && now.moves.length < way.length;
  show(onIt ? way.slice(0, now.moves.length + 1) : [], { silent: !onIt });
  if (!onIt) tell("At the beginning of the simplest failure.");
  if (!still.matches && now.moves.length < way.length) now.timer = setTimeout(failNext, PLAY_MS);
  renderControls();
}

function simplest() {
  if (now.variant.simplest === null) return say("No interleaving of this variant fails.");
  if (playing()) {
    stop();
    renderControls();
    return say("Paused.");
  }
  return failNext();
}

function choose(name, moves = []) {
  stop();
  const packed = page.variants.find((variant) => variant.name === name) || page.variants[0];
  now.variant = variantOf(packed);
  find("variants").value = packed.name;
  renderVariant();
  show(moves, { silent: true });
  tell(`Variant ${packed.name}, ${packed.summary}.`);
}

function hints() {
  now.hints = !now.hints;
  render();
  say(now.hints ? "Every step says how many ways on from it fail." : "Hints are hidden.");
}

// ---- keys

const KEYS = {
  u: undo, arrowleft: undo, arrowright: redo, r: restart, home: restart, f: simplest, h: hints,
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLSelectElement) return;
  const key = event.key.toLowerCase();
  const nth = "123456789".indexOf(key);
  if (nth < 0 && !(key in KEYS)) return;
  // A book around this page turns its own pages with arrows: these are ours.
  event.stopPropagation();
  event.preventDefault();
  if (key !== "f") stop();
  if (nth >= 0) step(nth);
  else KEYS[key]();
}
