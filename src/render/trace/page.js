
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const chart = document.getElementById("chart");
  const lanes = document.getElementById("lanes");
  const detail = document.getElementById("detail");
  const ruler = document.getElementById("ruler");
  const last = data.events.length;
  const span = data.ns[last] || 1;
  // The part of the axis that is seen, from 0 to 1, and which axis that is.
  let from = 0, to = 1, toScale = false, chosen = -1;

  const all = (what) => [...lanes.querySelectorAll(what)];
  const bars = all("rect[data-f]"), labels = all("text[data-f]");
  const dots = all("circle[data-e]"), arrows = all("path[data-f]");
  const bottom = Number(lanes.getAttribute("height"));
  const place = (event) => (toScale ? data.ns[event] / span : data.place[event]);
  const x = (event) => ((place(event) - from) / (to - from)) * data.width;
  const clamp = (value) => Math.max(-50, Math.min(data.width + 50, value));

  function time(ns) {
    const unit = [["s", 1e9], ["ms", 1e6], ["µs", 1e3]].find(([, size]) => ns >= size);
    if (!unit) return Math.round(ns) + " ns";
    const value = ns / unit[1];
    return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) + " " + unit[0];
  }

  function draw() {
    for (const bar of bars) {
      const begin = clamp(x(bar.dataset.f)), end = clamp(x(bar.dataset.t));
      bar.setAttribute("x", begin);
      bar.setAttribute("width", Math.max(0.5, end - begin));
    }
    for (const label of labels) {
      const begin = Math.max(0, x(label.dataset.f));
      const end = Math.min(data.width, x(label.dataset.t));
      label.setAttribute("x", (begin + end) / 2);
      const fits = Number(label.dataset.w) + 8 <= end - begin;
      label.setAttribute("visibility", fits ? "visible" : "hidden");
    }
    for (const dot of dots) dot.setAttribute("cx", x(dot.dataset.e));
    for (const arrow of arrows) {
      const [y1, y2] = arrow.dataset.y.split(" ");
      arrow.setAttribute("d", `M${x(arrow.dataset.f)} ${y1}L${x(arrow.dataset.t)} ${y2}`);
    }
    drawRuler();
  }

  // True to scale round times stand on the ruler, otherwise those of events.
  function ticks() {
    if (!toScale) {
      const found = [];
      for (let event = 0; event <= last; event++) {
        const at = x(event);
        const room = !found.length || at - found[found.length - 1][0] >= 100;
        if (room && at >= 0 && at <= data.width - 40) found.push([at, data.ns[event]]);
      }
      return found;
    }
    const seen = (to - from) * span, rough = seen / 8;
    const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) || rough;
    const found = [];
    for (let ns = Math.ceil((from * span) / step) * step; ns < to * span; ns += step) {
      found.push([((ns / span - from) / (to - from)) * data.width, ns]);
    }
    return found;
  }

  function drawRuler() {
    const make = (kind, attributes, text) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", kind);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      if (text) node.textContent = text;
      return node;
    };
    ruler.replaceChildren(...ticks().flatMap(([at, ns]) => [
      make("path", { class: "grid", d: `M${at} 74V${bottom}` }),
      make("text", { class: "time", x: at, y: 70 }, time(ns)),
    ]));
  }

  function look(begin, end) {
    const width = Math.min(1, Math.max(1e-7, end - begin));
    from = Math.min(Math.max(0, begin), 1 - width);
    to = from + width;
    draw();
  }
  const zoom = (factor, at) => look(at - (at - from) * factor, at + (to - at) * factor);
  const move = (part) => look(from + (to - from) * part, to + (to - from) * part);

  function choose(event, mayMove) {
    if (event < 0 || event >= last) return;
    chosen = event;
    const [thread, said, line, by, at] = data.events[event];
    const inBrackets = (place) => (place ? ` (${place})` : "");
    let text = `${at}: ${data.threads[thread]} ${said}${inBrackets(line)}.`;
    if (by !== null) {
      const [who, did, where, , when] = data.events[by];
      text += ` Unblocked by ${data.threads[who]}, which ${did} at ${when}${inBrackets(where)}.`;
    }
    detail.textContent = text;
    for (const dot of dots) dot.classList.toggle("on", Number(dot.dataset.e) === event);
    for (const arrow of arrows) arrow.classList.toggle("on", Number(arrow.dataset.t) === event);
    const at01 = place(event);
    if (mayMove && (at01 < from || at01 > to)) look(at01 - (to - from) / 2, at01 + (to - from) / 2);
  }

  // The next event in time; of another thread, the nearest in time.
  function step(direction) {
    choose(Math.max(0, Math.min(last - 1, chosen + direction)), true);
  }
  function lane(direction) {
    const now = data.events[Math.max(0, chosen)][0];
    let thread = now, best = -1;
    while (best < 0) {
      thread += direction;
      if (thread < 0 || thread >= data.threads.length) return;
      data.events.forEach((event, n) => {
        const nearer = best < 0 || Math.abs(n - chosen) < Math.abs(best - chosen);
        if (event[0] === thread && nearer) best = n;
      });
    }
    choose(best, true);
  }

  function scale() {
    toScale = !toScale;
    document.querySelector("[data-do=scale]").setAttribute("aria-pressed", String(toScale));
    look(0, 1);
  }
  const middle = () => {
    const at = chosen >= 0 ? place(chosen) : -1;
    return at >= from && at <= to ? at : (from + to) / 2;
  };
  const actions = {
    in: () => zoom(0.5, middle()), out: () => zoom(2, middle()), fit: () => look(0, 1),
    left: () => move(-0.25), right: () => move(0.25), scale,
  };
  const keys = {
    ArrowRight: () => step(1), ArrowLeft: () => step(-1),
    ArrowDown: () => lane(1), ArrowUp: () => lane(-1),
    Home: () => choose(0, true), End: () => choose(last - 1, true),
    u: () => chosen >= 0 && choose(data.events[chosen][3] ?? chosen, true),
    "+": actions.in, "=": actions.in, "-": actions.out, "0": actions.fit,
    ",": actions.left, ".": actions.right, t: scale,
  };

  document.querySelector(".tools").addEventListener("click", (event) => {
    const action = actions[event.target.dataset.do];
    if (action) action();
  });
  chart.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    // Not for the book or the browser around the picture.
    event.preventDefault();
    event.stopPropagation();
    action();
  });

  // Where a pointer is, from 0 to 1 across the lanes.
  const across = (event) => {
    const box = lanes.getScreenCTM();
    return (event.clientX - box.e) / box.a / data.width;
  };
  chart.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = from + Math.max(0, Math.min(1, across(event))) * (to - from);
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      move((event.deltaX || event.deltaY) / 500);
    } else {
      zoom(event.deltaY > 0 ? 1.25 : 0.8, at);
    }
  }, { passive: false });
  let drag = null;
  chart.addEventListener("pointerdown", (event) => {
    drag = { at: across(event), from, to };
  });
  addEventListener("pointerup", () => { drag = null; });
  addEventListener("pointermove", (event) => {
    if (!drag || !event.buttons) { drag = null; return; }
    const by = (across(event) - drag.at) * (drag.to - drag.from);
    look(drag.from - by, drag.to - by);
  });
  chart.addEventListener("pointerover", (event) => {
    const at = event.target.dataset.e ?? event.target.dataset.f;
    if (at !== undefined && !drag) choose(Number(at), false);
  });
  draw();
})();
