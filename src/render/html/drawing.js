// The state graph as a drawing: a layer for every number of steps, from left to right.

const DRAWN_MAX = 200;
// Threads of the largest ring that is drawn: the letters of a larger one would be too small.
const RING_MAX = 12;
const GAP_X = 64;
const GAP_Y = 40;

// The states in layers, each state as far to the right as its shortest way is long, ordered so
// that few lines cross: a state stands near the middle of those that lead to it.
function layers(states) {
  const depth = new Map([[0, 0]]);
  const open = [0];
  for (const at of open) {
    for (const move of states[at].moves) {
      if (move.to !== null && !depth.has(move.to)) {
        depth.set(move.to, depth.get(at) + 1);
        open.push(move.to);
      }
    }
  }
  const rows = [];
  for (const at of open) (rows[depth.get(at)] ||= []).push(at);
  const around = (forward) => {
    const near = states.map(() => []);
    states.forEach((state, from) => {
      for (const move of state.moves) {
        if (move.to === null) continue;
        if (forward) near[move.to].push(from);
        else near[from].push(move.to);
      }
    });
    return near;
  };
  const place = new Map();
  const settle = (row) => row.forEach((at, n) => place.set(at, n - (row.length - 1) / 2));
  rows.forEach(settle);
  const [before, after] = [around(true), around(false)];
  for (let round = 0; round < 8; round += 1) {
    const near = round % 2 === 0 ? before : after;
    const order = round % 2 === 0 ? rows : [...rows].reverse();
    for (const row of order) {
      const middle = new Map(row.map((at) => {
        const others = near[at].filter((other) => depth.get(other) !== depth.get(at));
        const sum = others.reduce((all, other) => all + place.get(other), 0);
        return [at, others.length > 0 ? sum / others.length : place.get(at)];
      }));
      row.sort((one, other) => middle.get(one) - middle.get(other));
      settle(row);
    }
  }
  return { rows, place, depth };
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// How a state is drawn: what it means is in its shape, and the colour says it again.
function shape(kind, x, y) {
  const group = svg("g", { class: `node ${kind}`, transform: `translate(${x} ${y})` });
  if (kind === "doomed") {
    group.append(svg("rect", { x: -11, y: -11, width: 22, height: 22, rx: 2 }));
    group.append(svg("path", { class: "sign", d: "M-5 -5 L5 5 M5 -5 L-5 5" }));
  } else if (kind === "safe") {
    group.append(svg("circle", { r: 12 }));
    group.append(svg("path", { class: "sign", d: "M-5 0 L-1.5 4 L5.5 -4" }));
  } else {
    group.append(svg("path", { d: "M0 -14 L14 0 L0 14 L-14 0 Z" }));
  }
  return group;
}

const kindOf = (state) => (state.mustFail ? "doomed" : state.canFail ? "open" : "safe");

// Draws the graph of a variant; returns what marks the way that has been gone.
function draw(holder, variant, go) {
  const { rows, place, depth } = layers(variant.states);
  const most = Math.max(...rows.map((row) => row.length));
  const width = (rows.length - 1) * GAP_X + 60;
  const height = (most - 1) * GAP_Y + 60;
  const x = (at) => 30 + depth.get(at) * GAP_X;
  const y = (at) => height / 2 + place.get(at) * GAP_Y;
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "graph-title",
    style: `max-width:${width}px`,
  });
  const lines = new Map();
  variant.states.forEach((state, from) => {
    for (const { to } of state.moves) {
      if (to === null || lines.has(`${from}-${to}`)) continue;
      const [x1, y1, x2, y2] = [x(from), y(from), x(to), y(to)];
      // A line back bends out of the way of the line there.
      const bend = x2 > x1 ? 0 : 22 + Math.abs(x2 - x1) / 6;
      const d = `M${x1} ${y1} Q${(x1 + x2) / 2} ${(y1 + y2) / 2 - bend} ${x2} ${y2}`;
      const line = svg("path", { class: "edge", d });
      lines.set(`${from}-${to}`, line);
      picture.append(line);
    }
  });
  const nodes = variant.states.map((state, at) => {
    const node = shape(kindOf(state), x(at), y(at));
    node.addEventListener("click", () => go(at));
    picture.append(node);
    return node;
  });
  const ring = svg("circle", { class: "ring", r: 19 });
  picture.append(ring);
  holder.replaceChildren(picture);
  return (along) => {
    for (const line of lines.values()) line.classList.remove("gone");
    for (const node of nodes) node.classList.remove("gone");
    along.forEach((at, n) => {
      nodes[at].classList.add("gone");
      if (n > 0) lines.get(`${along[n - 1]}-${at}`).classList.add("gone");
    });
    const here = along[along.length - 1];
    ring.setAttribute("transform", `translate(${x(here)} ${y(here)})`);
    // At first it stands in its place; from then on it moves to the next. To look at it settles it.
    ring.getBoundingClientRect();
    ring.classList.add("moves");
  };
}

// A ring of threads that wait for each other: an arrow leads to the one that has what is waited for.
function drawRing(ring) {
  const half = 12 + 4.5 * Math.max(3, ...ring.map(({ name }) => name.length));
  const radius = ring.length === 2 ? half + 75 : 70 + 16 * ring.length;
  const [width, height] = [2 * radius + 2 * half + 190, ring.length === 2 ? 110 : 2 * radius + 80];
  const turn = (n) => (2 * Math.PI * n) / ring.length + (ring.length === 2 ? Math.PI : -Math.PI / 2);
  const place = (n) => [width / 2 + radius * Math.cos(turn(n)), height / 2 + radius * Math.sin(turn(n))];
  // From the middle of a box towards a point, up to its edge and a little further.
  const leave = ([x, y], [tox, toy], gap) => {
    const part = Math.min((half + gap) / Math.abs(tox - x || 1), (17 + gap) / Math.abs(toy - y || 1), 1);
    return [x + part * (tox - x), y + part * (toy - y)];
  };
  const said = ring.map(({ name, wants, by }) => `${name} waits for ${wants}, held by ${by}`);
  const picture = svg("svg", {
    class: "waiting", viewBox: `0 0 ${width} ${height}`, role: "img", style: `max-width:${width}px`,
    "aria-label": `A ring: ${said.join("; ")}`,
  });
  ring.forEach(({ wants }, n) => {
    const [from, to] = [place(n), place(n + 1)];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    // With the clock, the outside is at the left hand.
    const out = [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
    const at = (away) => [0, 1].map((axis) => (from[axis] + to[axis]) / 2 + away * out[axis]);
    const bend = at(30);
    const [[x1, y1], [x2, y2]] = [leave(from, bend, 0), leave(to, bend, 4)];
    const angle = (Math.atan2(y2 - bend[1], x2 - bend[0]) * 180) / Math.PI;
    picture.append(
      svg("path", { class: "wait", d: `M${x1} ${y1}Q${bend[0]} ${bend[1]} ${x2} ${y2}` }),
      svg("path", {
        class: "tip", transform: `translate(${x2} ${y2}) rotate(${angle})`, d: "M2 0L-9 -5L-9 5z",
      }),
    );
    const [x, y] = at(29);
    const anchor = out[0] > 0.3 ? "start" : out[0] < -0.3 ? "end" : "middle";
    picture.append(svg("text", { x, y: y + 5, "text-anchor": anchor }, wants));
  });
  ring.forEach(({ name }, n) => {
    const [x, y] = place(n);
    picture.append(svg("rect", { x: x - half, y: y - 17, width: 2 * half, height: 34, rx: 7 }));
    picture.append(svg("text", { class: "name", x, y: y + 5, "text-anchor": "middle" }, name));
  });
  return picture;
}
