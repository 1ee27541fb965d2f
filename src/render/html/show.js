// How the page is drawn, from where it stands.

// ---- what changes with the variant only

function renderVariant() {
  const { variant } = now;
  find("summary").textContent = variant.summary;
  const verdict = find("verdict");
  verdict.className = variant.verdict;
  verdict.textContent = variant.verdict_text;
  Object.assign(now, layout(variant));
  find("stage").className = `stage ${now.code}`;
  renderCode();
  renderGraph();
}

// Rem that the table has beside the code on a projector; the second if the code is narrower.
const ROOM = [33, 41];
// Rem for the columns of objects: if they are wider, one column says what a step changed.
const ROOM_OBJECTS = 17;

// How the table is laid out, and where the code stands: beside it, narrower, or below.
function layout(variant) {
  const widest = (name) => Math.max(name.length, ...variant.states.map((state) => (
    shown(state.objects.find(([other]) => other === name)?.[1] ?? "").length)));
  const wide = variant.objects.map((name) => 1.4 + 0.6 * widest(name)).reduce((a, b) => a + b, 0);
  const changes = wide > ROOM_OBJECTS;
  const wanted = 4 + (changes ? 11 : wide) + 7.5 * variant.threads.length;
  return { changes, code: wanted <= ROOM[0] ? "" : wanted <= ROOM[1] ? "narrow" : "below" };
}

const RUST = new RegExp(
  "(//.*$)|\\b(as|break|const|else|fn|for|if|impl|in|let|loop|match|move|mut|pub|ref|return|" +
  "self|static|struct|use|where|while)\\b", "g");

// A line of code with its comment and its keywords.
function coloured(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(RUST)) {
    parts.push(text.slice(from, found.index));
    parts.push(make("span", { class: found[1] ? "comment" : "word" }, found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

function renderCode() {
  const blocks = now.variant.code.map(({ file, first, lines }) => make(
    "div", { class: "excerpt" },
    make("p", { class: "file" }, file),
    make("pre", {}, ...lines.map((text, n) => make(
      "span", { class: "line", "data-place": `${file}:${first + n}` },
      make("span", { class: "number" }, String(first + n)),
      make("span", { class: "who" }),
      // Lines that are too long go on a little further in than they begin.
      make("code", { style: `--in: ${text.length - text.trimStart().length}ch` },
        ...coloured(text.trimStart())),
    ))),
  ));
  find("code").replaceChildren(...blocks);
}

function renderGraph() {
  const { variant } = now;
  const all = count(String(variant.states_all));
  find("graph-title").textContent = `State graph: ${all} states`;
  const drawn = variant.complete && variant.states.length <= DRAWN_MAX;
  find("legend").hidden = !drawn;
  now.mark = null;
  find("graph").hidden = !drawn;
  find("graph-words").textContent = drawn
    ? "From left to right, one step at a time: where ways meet, the past no longer matters."
    : variant.complete
      ? `Too many to draw: the drawing is for up to ${DRAWN_MAX} states. All of them can be stepped through.`
      : `Too many to draw, and to keep: this page holds ${count(String(variant.states.length))} of ` +
        "them, those of the simplest failure and those that take fewest steps to come to.";
  if (drawn) now.mark = draw(find("graph"), variant, jump);
  else find("graph").replaceChildren();
}

function renderLegend() {
  const entry = (kind, text) => {
    const holder = svg("svg", { viewBox: "-16 -16 32 32", "aria-hidden": "true" });
    holder.append(shape(kind, 0, 0));
    return make("li", {}, holder, text);
  };
  find("legend").replaceChildren(
    entry("open", "can still go either way"),
    entry("doomed", "every way on fails"),
    entry("safe", "no way on fails"),
  );
}

// ---- what changes with every step

function render() {
  const focused = document.activeElement;
  const key = focused && focused.dataset ? focused.dataset.key : undefined;
  const rows = rowsAlong(now.variant, now.moves);
  renderAhead(rows);
  renderSteps(rows);
  renderPlaces(rows);
  renderControls();
  if (now.mark) now.mark(along());
  if (key !== undefined) refocus(key);
}

// A button that is gone leaves the focus to the one that is most like it.
function refocus(key) {
  const again = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const other = again || document.querySelector("[data-key^='move']") || find("undo");
  other.focus({ preventScroll: true });
}

function renderAhead(rows) {
  const state = here();
  const end = endOf(state);
  find("ahead").textContent = end ? end.title : aheadOf(state);
  find("ahead").className = state.mustFail ? "doomed" : state.canFail ? "open" : "safe";
  const share = state.odds === null ? 0 : Number(state.odds);
  find("bar").firstElementChild.style.width = `${100 * share}%`;
  find("bar").hidden = end !== null || !state.canFail;
  find("odds").hidden = end !== null || !state.canFail;
  find("odds").textContent = `Odds of failing: ${state.odds}, if whoever can go next is equally ` +
    "likely to.";
  const said = state.mustFail ? reasons(now.variant, rows, along().at(-1)) : [];
  const because = end && end.because ? [end.because] : [];
  const ring = ringOf(state);
  find("end").replaceChildren(...[...said, ...because].map((text) => make("p", {}, text)),
    ...(ring && ring.length <= RING_MAX ? [drawRing(ring)] : []));
}

function renderControls() {
  const { variant, moves } = now;
  const dim = (id, on) => find(id).setAttribute("aria-disabled", String(on));
  dim("undo", moves.length === 0);
  dim("redo", now.undone.length === 0);
  dim("restart", moves.length === 0);
  const button = find("simplest");
  dim("simplest", variant.simplest === null);
  const label = variant.simplest === null
    ? " Nothing fails"
    : playing() ? " Pause" : still.matches ? " Simplest failure: next step" : " Simplest failure";
  button.replaceChildren(make("kbd", {}, "F"), label);
  find("hints").setAttribute("aria-pressed", String(now.hints));
}

const valueOf = (objects, name) => objects.find(([other]) => other === name)?.[1] ?? "–";
const number = (value, ...more) => make("td", { class: "object" }, shown(value), ...more);

// The objects of a step: a column for each, or what it changed in one column.
function objectCells(row, before) {
  const names = now.variant.objects;
  const changed = names.filter((name) => (
    valueOf(row.objects, name) !== valueOf(before, name)));
  if (now.changes) {
    const parts = changed.map((name) => make("span", { class: "change" },
      `${name}: ${shown(valueOf(row.objects, name))}`));
    return [make("td", { class: "object" }, ...parts)];
  }
  return names.map((name) => {
    const cell = number(valueOf(row.objects, name));
    cell.classList.toggle("changed", changed.includes(name));
    return cell;
  });
}

function renderShared(state) {
  const chips = state.objects.filter(([name]) => now.variant.objects.includes(name))
    .map(([name, value]) => make("li", {}, `${name} `, make("b", {}, shown(value))));
  find("shared").hidden = !now.changes;
  find("shared").replaceChildren(...chips);
}

function renderSteps(rows) {
  const { variant } = now;
  const state = here();
  renderShared(state);
  const heads = now.changes ? ["changes"] : variant.objects;
  const head = make("tr", {}, make("th", { scope: "col" }, "step"),
    ...heads.map((name) => make("th", { scope: "col", class: "object" }, name)),
    ...variant.threads.map((name) => make("th", { scope: "col", class: "lane" }, sign(name),
      name.length > 3 ? ` ${name}` : null)));
  const next = make("tr", { class: "next" }, make("th", { scope: "row" }, "next"),
    ...(now.changes ? [number("")]
      : variant.objects.map((name) => number(valueOf(state.objects, name)))),
    ...variant.threads.map((name) => make("td", { class: "lane" }, ...ways(state, name))));
  const body = rows.flatMap((row, n) => {
    const before = n === 0 ? variant.states[0].objects : rows[n - 1].objects;
    const lanes = variant.threads.map((name) => make(
      "td", { class: `lane lane-${lane(name) % LANES}` },
      ...(name === row.thread ? told(row) : [])));
    const made = make("tr", { class: n === rows.length - 1 ? "last" : null },
      make("th", { scope: "row" }, String(row.step)), ...objectCells(row, before), ...lanes);
    return [made, ...marks(row, 1 + heads.length + lanes.length)];
  });
  // The buttons stay where they are while the steps grow below them.
  const table = make("table", {}, make("caption", { class: "unseen" }, "The steps so far"),
    make("thead", {}, head, next), make("tbody", {}, ...body));
  const holder = find("steps");
  holder.replaceChildren(table);
  holder.scrollTop = holder.scrollHeight;
}

// What a step did, in its lane.
function told(row) {
  const { result, stale } = row;
  const operation = shortly(now.variant, row.operation);
  const parts = [make("span", { class: "done" }, result === null
    ? operation
    : `${operation} → ${shown(result)}`)];
  if (stale) {
    parts.push(make("span", { class: "stale" },
      `relies on step ${stale.since}: overwrites ${stale.by}'s change`));
  }
  return parts;
}

// The row under the step that decided everything.
function marks(row, columns) {
  const line = (kind, text) => make("tr", { class: `mark ${kind}` },
    make("td", { colspan: columns }, text));
  if (row.doomed) return [line("doomed", `✕ from here on every way fails (step ${row.step})`)];
  if (row.saved) return [line("safe", `✓ from here on no way fails (step ${row.step})`)];
  return [];
}

// What a thread can do next: a button for every way, or why there is none.
function ways(state, name) {
  const mine = state.moves.map((move, nth) => ({ ...move, nth }))
    .filter((move) => move.thread === name);
  const thread = state.threads.find((one) => one.name === name);
  if (mine.length === 0) {
    if (!thread || thread.next === null) return [make("span", { class: "over" }, "✓ over")];
    return [make("span", { class: "waits" }, thread.waits === null
      ? `‖ cannot go on: ${thread.next}` : `‖ waits for ${thread.waits}`)];
  }
  return mine.map((move, n) => {
    const result = mine.length > 1 && move.result !== null ? ` → ${shown(move.result)}` : "";
    const button = make("button", {
      type: "button", class: `move lane-${lane(name) % LANES}`, "data-key": `move ${name} ${n}`,
      "aria-keyshortcuts": move.nth < 9 ? String(move.nth + 1) : null,
    }, move.nth < 9 ? make("kbd", {}, String(move.nth + 1)) : null,
    " ", make("span", { class: "unseen" }, `${name}: `),
    `${shortly(now.variant, move.operation)}${result}`, hint(move));
    button.addEventListener("click", () => {
      stop();
      step(move.nth);
    });
    return button;
  });
}

function hint(move) {
  if (move.to === null) return make("small", {}, "not on this page");
  if (!now.hints) return null;
  const next = now.variant.states[move.to];
  const text = next.interleavings === null
    ? `then the odds of failing are ${next.odds}`
    : `then ${count(next.failing)} of ${count(next.interleavings)} fail`;
  return make("small", {}, text);
}

// The line of code at a place, if the page has it.
function lineAt({ file, line }) {
  return find("code").querySelector(`[data-place="${CSS.escape(`${file}:${line}`)}"]`);
}

// Where a thread stands in the code. A lock that is given back at the end of a scope has no line of
// its own: the thread stands after the line where it was last.
function placeOf(name, states) {
  for (const at of [...states].reverse()) {
    const thread = now.variant.states[at].threads.find((one) => one.name === name);
    const line = thread && thread.line !== null ? lineAt(thread) : null;
    if (line) return { line, after: at !== states.at(-1) };
  }
  return null;
}

// Marks in the code where every thread stands.
function renderPlaces(rows) {
  for (const line of find("code").querySelectorAll(".line.here")) {
    line.classList.remove("here");
    line.querySelector(".who").replaceChildren();
  }
  const [last, states] = [rows.at(-1), along()];
  let seen = null;
  for (const thread of here().threads.filter((thread) => thread.next !== null)) {
    const place = placeOf(thread.name, states);
    if (place === null) continue;
    const mark = sign(thread.name);
    if (place.after) {
      mark.append("↓");
      mark.title = `${thread.name}, after this line: ${thread.next}`;
    }
    place.line.classList.add("here");
    place.line.querySelector(".who").append(mark);
    if (seen === null || (last && thread.name === last.thread)) seen = place.line;
  }
  if (seen) {
    // Only the code scrolls, never the page under somebody's eyes.
    const holder = find("code");
    const [top, height] = [seen.offsetTop, holder.clientHeight];
    const low = top + seen.offsetHeight - holder.scrollTop > height - 20;
    if (top < holder.scrollTop + 20 || low) holder.scrollTop = top - height / 2;
  }
}

// ---- the beginning

function begin() {
  find("lab").textContent = page.lab;
  find("question").textContent = page.question;
  find("made").textContent = `conclab ${page.version} · ${page.lab} · ${page.size} · every ` +
    `interleaving, ${page.memory}`;
  const select = find("variants");
  select.append(...page.variants.map((variant) => make("option", { value: variant.name },
    `${variant.right ? "✓" : "✕"} ${variant.name}`)));
  for (const { variant, because } of page.refused) {
    select.append(make("option", { disabled: "" }, `${variant} (left out: ${because})`));
  }
  select.addEventListener("change", () => choose(select.value));
  for (const [id, act] of Object.entries({ undo, redo, restart, simplest, hints })) {
    find(id).addEventListener("click", () => {
      if (id !== "simplest") stop();
      act();
    });
  }
  find("player").addEventListener("keydown", pressed);
  // With nothing focused, keys go to the body: there is only this player in the document.
  document.body.addEventListener("keydown", (event) => {
    if (event.target === document.body) pressed(event);
  });
  still.addEventListener("change", renderControls);
  addEventListener("hashchange", () => {
    const { name, moves } = readAddress(location.hash);
    choose(name, moves);
  });
  renderLegend();
  const { name, moves } = readAddress(location.hash);
  choose(name, moves);
}

begin();
