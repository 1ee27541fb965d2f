"use strict";
// ?present: the chapter's screens one by one, on a projector. The address keeps the place.
if (new URLSearchParams(location.search).has("present")) {
  const root = document.documentElement;
  const screens = [...document.querySelectorAll("main > section.screen")];
  // Text is made smaller in these steps until a screen fits; below the second figure what was
  // revealed is shown alone instead.
  const SCALES = [1, 0.92, 0.85, 0.78, 0.72, 0.66, 0.6, 0.55];
  const SCALE_TOGETHER = 0.66;
  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  let at = 0;
  // What was revealed last on this screen.
  let latest = null;
  const minutesOf = (screen) => Number(screen.dataset.minutes || 0);
  const before = (n) => screens.slice(0, n).reduce((sum, one) => sum + minutesOf(one), 0);
  const total = before(screens.length);

  // ---- the bar

  const where = make("span", { class: "where" });
  const progress = make("progress", { max: String(total || 1), "aria-label": "Minutes" });
  const said = make("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const button = (key, label, act) => {
    const made = make("button", { type: "button" }, make("kbd", {}, key), ` ${label}`);
    made.addEventListener("click", () => {
      act();
      screens[at].focus({ preventScroll: true });
    });
    return made;
  };

  // ---- what can be revealed on a screen, in order

  const hidden = (screen) => [...screen.querySelectorAll(
    "pre.console, details.answer, .quiz, :scope > details:not(.answer)")].filter((part) => (
    !part.closest("aside") && !part.parentElement.closest("details")
      && (!part.matches("pre") || part.querySelector(".output"))));
  const isTold = (part) => part.classList.contains("told");
  const tell = (part, on) => {
    part.classList.toggle("told", on);
    if (part.matches("details")) part.open = on;
    for (const details of part.querySelectorAll("details")) details.open = on;
  };

  const tooLarge = (screen) => screen.scrollHeight > screen.clientHeight + 1
    || [...screen.querySelectorAll("pre > code, .table-wrapper")].some((part) => (
      part.scrollWidth > part.clientWidth + 1));

  // Finds the largest text that fits; if there is none, the frame is red and a test fails.
  function fit() {
    const screen = screens[at];
    for (const part of screen.querySelectorAll(".latest")) part.classList.remove("latest");
    screen.classList.remove("alone", "over");
    const fits = (scale) => {
      screen.style.setProperty("--fit", String(scale));
      return !tooLarge(screen);
    };
    if (SCALES.filter((scale) => !latest || scale >= SCALE_TOGETHER).some(fits)) return;
    if (latest) {
      latest.classList.add("latest");
      screen.classList.add("alone");
      if (SCALES.some(fits)) return;
    }
    screen.classList.add("over");
  }

  function reveal() {
    const parts = hidden(screens[at]);
    if (parts.length === 0) return;
    const next = parts.find((part) => !isTold(part));
    if (next) tell(next, true);
    else for (const part of parts) tell(part, false);
    latest = next ?? null;
    fit();
    said.textContent = next ? next.innerText || next.textContent : "Hidden again";
    buttons();
  }

  const revealing = button("r", "reveal", reveal);
  const noting = button("n", "notes", () => note(!root.classList.contains("noted")));
  function buttons() {
    const parts = hidden(screens[at]);
    revealing.hidden = parts.length === 0;
    revealing.lastChild.textContent = parts.length > 0 && parts.every(isTold) ? " hide" : " reveal";
    noting.hidden = screens[at].querySelector("aside.notes") === null;
  }

  function note(on) {
    root.classList.toggle("noted", on);
    for (const details of document.querySelectorAll("aside.notes > details")) details.open = on;
    noting.setAttribute("aria-pressed", String(on));
    said.textContent = on ? screens[at].querySelector("aside.notes")?.innerText ?? "" : "Notes hidden";
  }

  // ---- going

  function go(n) {
    at = Math.max(0, Math.min(screens.length - 1, n));
    const screen = screens[at];
    screens.forEach((one) => one.classList.toggle("shown", one === screen));
    for (const part of hidden(screen)) tell(part, false);
    latest = null;
    if (location.hash !== `#${at + 1}`) history.replaceState(null, "", `?present#${at + 1}`);
    const [from, to] = [before(at), before(at + 1)];
    where.textContent = `${at + 1} / ${screens.length} · minutes ${from} to ${to} of ${total}`;
    progress.value = to;
    fit();
    buttons();
    screen.focus({ preventScroll: true });
    const title = screen.querySelector("h2")?.textContent ?? "";
    said.textContent = `Screen ${at + 1} of ${screens.length}: ${title}. ${minutesOf(screen)} minutes.`;
  }

  function leave() {
    const place = screens[at].querySelector("h2")?.id;
    location.href = location.pathname + (place ? `#${place}` : "");
  }

  const KEYS = {
    " ": () => go(at + 1), PageDown: () => go(at + 1), ArrowRight: () => go(at + 1),
    PageUp: () => go(at - 1), ArrowLeft: () => go(at - 1), Home: () => go(0),
    End: () => go(screens.length - 1), r: reveal, n: () => note(!root.classList.contains("noted")),
    Escape: leave,
  };

  // Before anything else hears of it: mdBook would turn the page.
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const onControl = event.target.closest?.("a, button, summary, input, select");
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || (event.key === " " && onControl)) return;
    event.preventDefault();
    act();
  }, true);

  if (screens.length > 0) {
    root.classList.add("present");
    for (const screen of screens) screen.tabIndex = -1;
    document.body.append(make("nav", { class: "present-bar", "aria-label": "Presentation" },
      where, progress, revealing, noting, button("←", "back", () => go(at - 1)),
      button("→", "next", () => go(at + 1)), button("Esc", "leave", leave), said));
    const placed = () => go((Number.parseInt(location.hash.slice(1), 10) || 1) - 1);
    addEventListener("hashchange", placed);
    addEventListener("resize", fit);
    // Pictures have their size only when they are there.
    addEventListener("load", fit);
    placed();
  }
}
