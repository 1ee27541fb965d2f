"use strict";
// What a chapter is made of: commands, notes, questions, interactive pages. Without scripts all of
// it can be read; with them it can be folded, copied and walked through with the keyboard.
{
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const printed = document.querySelector("meta[name=robots]") !== null;
  const teacher = new URLSearchParams(location.search).has("teacher");

  // ---- commands: bold, and copied without what they are typed after

  const lineOf = (text, afterCommand) => {
    if (text.startsWith("$ ") || text.startsWith("> ")) {
      return make("span", { class: "command" }, make("span", { class: "prompt" }, text.slice(0, 2)),
        `${text.slice(2)}\n`);
    }
    const exit = afterCommand && /^\? (\d+|\w+)$/.exec(text);
    const shown = exit ? `(exit code ${exit[1]})` : text === "..." ? "…" : text;
    const rest = exit || text === "..." ? "output rest" : "output";
    return make("span", { class: rest }, `${shown.replaceAll("[..]", "…")}\n`);
  };

  // A screen asks first: what its commands print is there when somebody wants to see it.
  function fold(block) {
    const button = make("button", { type: "button", class: "telling" });
    const show = (on) => {
      block.classList.toggle("told", on);
      button.setAttribute("aria-expanded", String(on));
      button.textContent = on ? "Hide what it prints" : "Show what it prints";
    };
    button.addEventListener("click", () => {
      show(!block.classList.contains("told"));
      scrolls();
    });
    show(teacher);
    block.after(button);
  }

  for (const code of all("pre > code.language-console")) {
    const lines = code.textContent.trimEnd().split("\n");
    const typed = (line) => line !== undefined && line.startsWith("$ ");
    const commands = lines.filter(typed).map((line) => line.slice(2)).join("\n");
    code.replaceChildren(...lines.map((line, n) => lineOf(line, typed(lines[n - 1]))));
    code.parentElement.classList.add("console");
    // mdBook's button copies this.
    Object.defineProperty(code, "innerText", { value: commands });
    if (code.closest(".screen") && code.querySelector(".output")) fold(code.parentElement);
  }

  // ---- notes: folded, so that somebody who learns alone meets the question before its answer

  for (const aside of all("aside.notes")) {
    const label = make("summary", {}, "For the teacher");
    aside.replaceChildren(make("details", {}, label, ...aside.childNodes));
  }
  if (teacher) for (const details of all("main details")) details.open = true;

  // ---- questions: an opened choice shows whether it is right

  // Several in one box are taken apart: each is revealed on its own.
  for (const quiz of all(".quiz")) {
    const parts = [];
    for (const child of [...quiz.children]) {
      if (child.matches("p") || parts.length === 0) parts.push(make("div", { class: "quiz" }));
      parts.at(-1).append(child);
    }
    if (parts.length > 1) quiz.replaceWith(...parts);
    else quiz.replaceChildren(...parts[0]?.childNodes ?? []);
  }
  for (const choice of all(".quiz details")) {
    const said = choice.querySelector("summary").nextElementSibling?.textContent ?? "";
    choice.classList.add(/^\s*(Yes|Right)[:.]/.test(said) ? "yes" : "no");
  }

  // ---- interactive pages

  const players = all("iframe.player");
  for (const player of players) {
    const [file] = player.getAttribute("src").split("#");
    const lab = /([\w-]+)\.html$/.exec(file)?.[1] ?? "";
    const alone = make("a", { href: player.getAttribute("src") }, "Open it in a page of its own");
    const command = make("code", {}, `conclab play ${lab}`);
    player.after(
      make("p", { class: "player-note" }, alone, ", or in the terminal: ", command.cloneNode(true)),
      make("p", { class: "only-print" }, "At a computer: ", command),
    );
  }
  // As files, frames cannot look into each other: they tell, and are told how the book looks.
  const dress = (player) => player.contentWindow.postMessage({
    conclabDark: getComputedStyle(document.documentElement).colorScheme === "dark",
    conclabFixed: document.documentElement.classList.contains("present"),
  }, "*");
  new MutationObserver(() => players.forEach(dress))
    .observe(document.documentElement, { attributeFilter: ["class"] });
  addEventListener("message", ({ source, data }) => {
    const player = players.find((one) => one.contentWindow === source);
    if (!player || typeof data !== "object" || data === null) return;
    const height = Number(data.conclabHeight);
    if (height > 0 && player.style.height === "") dress(player);
    if (height > 0) player.style.height = `${Math.min(Math.ceil(height) + 2, 6000)}px`;
    if (data.conclabLeave === true) {
      const screen = player.closest(".screen") ?? player.parentElement;
      screen.tabIndex = -1;
      screen.focus({ preventScroll: true });
    }
  });

  // ---- keys: what scrolls can be reached, and arrows that move something turn no page

  const scrolls = () => {
    for (const part of all("pre > code, .table-wrapper")) {
      if (part.scrollWidth <= part.clientWidth) {
        part.removeAttribute("tabindex");
        part.removeAttribute("role");
        part.removeAttribute("aria-label");
        continue;
      }
      part.tabIndex = 0;
      part.setAttribute("role", "group");
      part.setAttribute("aria-label", part.matches("code") ? "Code, scrolls sideways" : "Table, scrolls sideways");
    }
  };
  scrolls();
  addEventListener("resize", scrolls);
  for (const details of all("details")) details.addEventListener("toggle", scrolls);

  const KEEPS = ".quiz, details, iframe, pre > code[tabindex], .table-wrapper[tabindex]";
  document.querySelector("main").addEventListener("keydown", (event) => {
    const arrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (arrow && event.target.closest(KEEPS)) event.stopPropagation();
  });

  // The table of contents is long: the first Tab offers a way past it. It scrolls to its own place,
  // and so keys would begin there.
  const first = document.querySelector("main h1[id]");
  if (first && !printed) {
    const begin = make("span", { tabindex: "-1" });
    document.body.prepend(begin, make("a", { class: "skip", href: `#${first.id}` }, "Skip to the text"));
    if (location.hash === "" && document.activeElement === document.body) {
      begin.focus({ preventScroll: true });
      begin.blur();
    }
  }

  // ---- mdBook's own parts: two themes instead of five, and names that screen readers understand

  for (const empty of all("main th:empty")) empty.replaceWith(make("td"));

  for (const theme of ["rust", "coal", "ayu"]) {
    document.getElementById(`mdbook-theme-${theme}`)?.parentElement.remove();
  }
  const dark = document.getElementById("mdbook-theme-navy");
  if (dark) dark.textContent = "Dark";

  // A label that is no label: as a button it has a name, and can be reached with the keyboard.
  const label = document.getElementById("mdbook-sidebar-toggle");
  const box = document.getElementById("mdbook-sidebar-toggle-anchor");
  if (label && box) {
    const button = make("button", { type: "button", class: label.className, id: label.id,
      title: label.title, "aria-label": label.title, "aria-controls": "mdbook-sidebar" });
    button.append(...label.childNodes);
    const expanded = () => button.setAttribute("aria-expanded", String(box.checked));
    button.addEventListener("click", () => box.click());
    box.addEventListener("change", expanded);
    expanded();
    label.replaceWith(button);
  }
  document.getElementById("mdbook-menu-bar")?.setAttribute("role", "banner");

  // ---- the way to the projector

  const screens = all("main > section.screen");
  const heading = document.querySelector("main h1");
  if (screens.length > 0 && heading && !printed) {
    const minutes = screens.reduce((sum, one) => sum + Number(one.dataset.minutes || 0), 0);
    heading.after(make("a", { class: "present-link", href: "?present#1" }, "Present this chapter",
      make("small", {}, `${screens.length} screens, ${minutes} minutes`)));
  }
}
