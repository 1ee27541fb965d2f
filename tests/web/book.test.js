// The built book as a reader, a student and a teacher use it: in a real browser, from files.

import assert from "node:assert/strict";
import { readdirSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { axeSource, labs, launch, missing } from "./pages.js";

const BOOK = process.env.BOOK && resolve(process.env.BOOK);
const unbuilt = missing || (BOOK && existsSync(join(BOOK, "index.html")) ? false
  : "BOOK does not name a built book: run `cargo xtask book`, set it to target/book");
const home = unbuilt ? "" : `${pathToFileURL(BOOK).href}/`;
// toc.html is the sidebar of those whose browser runs no scripts: a frame, not a page.
const pages = unbuilt ? [] : readdirSync(BOOK).filter((name) => (
  name.endsWith(".html") && name !== "toc.html"));
const chapters = unbuilt ? [] : labs().map(({ name }) => name);

const PROJECTOR = { width: 1280, height: 720 };
const PHONE = { width: 360, height: 740 };

// Two at a time, on two cores; each has a tab of its own.
describe("the book", { skip: unbuilt, concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await launch(); });
  after(() => browser?.close());

  // A tab that keeps what is wrong: complaints, and requests that leave the book.
  async function tabOf(options = {}) {
    const context = await browser.newContext({
      viewport: PROJECTOR, reducedMotion: "reduce", ...options,
    });
    const tab = await context.newPage();
    tab.complaints = [];
    tab.on("request", (request) => {
      const inside = request.url().startsWith(home) || request.url().startsWith("data:");
      if (!inside) tab.complaints.push(`asked for ${request.url()}`);
    });
    tab.on("console", (message) => tab.complaints.push(`console: ${message.text()}`));
    tab.on("pageerror", (error) => tab.complaints.push(`error: ${error.message}`));
    return tab;
  }

  const look = (name, body, options = {}) => test(name, async () => {
    const tab = await tabOf(options);
    await body(tab);
    assert.deepEqual(tab.complaints, []);
    await tab.context().close();
  });

  // What axe has to say; of the colours only, if that is all that may differ.
  async function axe(tab, where, rules = {}) {
    // What is in the frames is looked at by the tests of the interactive pages.
    const options = { iframes: false, preload: false, resultTypes: ["violations"], ...rules };
    const found = await tab.evaluate((asked) => window.axe.run(document, asked), options);
    const bad = found.violations.map((one) => `${where}: ${one.id}: ${one.nodes[0].html}`);
    assert.deepEqual(bad, []);
  }
  const COLOURS = ["color-contrast"];

  // index.html is the first chapter once more, and print.html all of them: that is looked at once.
  const once = pages.filter((name) => name !== "index.html" && name !== "print.html");

  async function show(tab, page) {
    await tab.goto(home + page);
    await tab.evaluate(axeSource());
    await tab.evaluate(opened);
  }

  look("axe finds nothing", async (tab) => {
    for (const page of once) {
      await show(tab, page);
      await axe(tab, page);
    }
  });

  look("axe finds nothing in the colours of the dark, nor in all chapters in a row", async (tab) => {
    for (const page of once) {
      await show(tab, page);
      await axe(tab, page, { runOnly: COLOURS });
    }
    await show(tab, "print.html");
    await axe(tab, "print.html", { rules: { [COLOURS[0]]: { enabled: false } } });
  }, { colorScheme: "dark" });

  look("is dark where the reader's system is", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    const [paper, ink] = await tab.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement);
      return [backgroundColor, color].map((text) => Number(/\d+/.exec(text)[0]));
    });
    assert.ok(paper < 60 && ink > 200, `${paper} and ${ink}`);
  }, { colorScheme: "dark" });

  look("fits a phone", async (tab) => {
    for (const page of pages) {
      await tab.goto(home + page);
      const wide = await tab.evaluate(() => ["html", "#mdbook-content"].map((part) => (
        document.querySelector(part).scrollWidth)));
      assert.ok(Math.max(...wide) <= PHONE.width, `${page}: ${wide} pixels wide`);
    }
  }, { viewport: PHONE });

  look("fits the projector, screen by screen and answer by answer", async (tab) => {
    const wrong = [];
    for (const lab of chapters) {
      await tab.goto(`${home}${lab}.html?present#1`);
      const screens = await tab.evaluate(screensThatFit);
      if (screens.length === 0) wrong.push(`${lab} has no screens`);
      for (const [n, said] of screens.entries()) {
        wrong.push(...said.map((what) => `${lab}.html?present#${n + 1}: ${what}`));
      }
      const minutes = await tab.locator(".present-bar progress").getAttribute("max");
      if (minutes !== "50") wrong.push(`${lab} takes ${minutes} minutes, not 50`);
    }
    assert.deepEqual(wrong, []);
  });

  look("every question has one right answer, which says so", async (tab) => {
    for (const lab of chapters) {
      await tab.goto(`${home}${lab}.html`);
      const wrong = await tab.evaluate(() => [...document.querySelectorAll(".quiz")].filter((quiz) => (
        quiz.querySelectorAll("details.yes").length !== 1)).map((quiz) => quiz.textContent.trim()));
      assert.deepEqual(wrong, [], `${lab}: begin the right explanation, and no other, with "Yes:" or "Right:"`);
    }
  });

  look("is presented by keyboard alone", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    await tab.locator(".present-link").focus();
    await tab.keyboard.press("Enter");
    await tab.waitForURL(/\?present#1$/);
    const place = () => tab.evaluate(() => location.hash.slice(1));
    for (const [key, at] of [[" ", "2"], ["PageDown", "3"], ["ArrowRight", "4"],
      ["ArrowLeft", "3"], ["PageUp", "2"], ["Home", "1"], ["ArrowLeft", "1"]]) {
      await tab.keyboard.press(key);
      assert.equal(await place(), at, key);
      assert.match(await tab.locator("[role=status]").last().innerText(), new RegExp(`^Screen ${at} of`));
    }
    const folded = tab.locator(".shown details.answer, .shown .output").first();
    for (let n = 0; n < 20 && await folded.count() === 0; n += 1) await tab.keyboard.press(" ");
    assert.equal(await folded.isVisible(), false);
    await tab.keyboard.press("r");
    assert.equal(await folded.isVisible(), true);
    const notes = tab.locator(".shown aside.notes");
    for (let n = 0; n < 20 && await notes.count() === 0; n += 1) await tab.keyboard.press("ArrowLeft");
    assert.equal(await notes.isVisible(), false);
    await tab.keyboard.press("n");
    assert.equal(await notes.isVisible(), true);
    await tab.evaluate(axeSource());
    await axe(tab, "?present");
    await tab.setViewportSize({ width: 1024, height: 768 });
    await tab.reload();
    assert.equal(await place(), await tab.locator(".where").innerText().then((text) => text.split(" ")[0]));
    await tab.keyboard.press("Escape");
    await tab.waitForURL((url) => !url.search.includes("present"));
  });

  look("the first Tab offers a way past the table of contents", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    await tab.keyboard.press("Tab");
    const skip = tab.locator(".skip");
    assert.ok(await skip.evaluate((link) => link === document.activeElement));
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    assert.ok(await tab.evaluate(() => document.activeElement.matches("main *")));
  });

  look("80 columns of a console fit beside the table of contents", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    const missing = await tab.evaluate(() => [...document.querySelectorAll(".screen > pre > code")].map((code) => {
      code.textContent = "0".repeat(80);
      return code.scrollWidth - code.clientWidth;
    }));
    assert.ok(missing.length > 0 && Math.max(...missing) <= 0, `${missing} pixels`);
  });

  look("arrows turn the page, but not out of a question", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    const here = tab.url();
    await tab.locator(".quiz summary").first().focus();
    await tab.keyboard.press("ArrowRight");
    await tab.keyboard.press("Enter");
    assert.equal(tab.url(), here);
    assert.equal(await tab.locator(".quiz details").first().getAttribute("open"), "");
    await tab.locator("main").evaluate(() => document.activeElement.blur());
    await tab.keyboard.press("ArrowRight");
    await tab.waitForURL((url) => url.href !== here);
  });

  look("the interactive page is played in its chapter", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    const here = tab.url();
    const player = tab.locator("iframe.player").first();
    await player.scrollIntoViewIfNeeded();
    const inside = player.contentFrame();
    await inside.locator("#steps table").waitFor();
    const high = async () => (await player.boundingBox()).height;
    await tab.waitForFunction(() => document.querySelector("iframe.player").style.height !== "");
    const frame = await inside.locator("main").evaluate((main) => main.offsetHeight);
    assert.ok(Math.abs(await high() - frame) < 8, "as high as what it shows");
    await inside.locator("#undo").focus();
    await tab.keyboard.press("1");
    await tab.keyboard.press("2");
    const rows = () => inside.locator("#steps tbody tr:not(.mark)").count();
    assert.equal(await rows(), 2);
    await tab.keyboard.press("ArrowLeft");
    assert.equal(await rows(), 1);
    assert.equal(tab.url(), here);
    await tab.keyboard.press("Escape");
    await tab.waitForFunction(() => document.activeElement.matches(".screen"));
  });

  look("a command is copied without its prompt", async (tab) => {
    await tab.goto(`${home}${chapters[0]}.html`);
    const copied = await tab.locator("pre.console > code").first().evaluate((code) => code.innerText);
    assert.match(copied, /^conclab /);
    assert.doesNotMatch(copied, /\n(?!conclab)/);
  });

  for (const word of ["deadlock", "교착"]) {
    look(`finds ${word}`, async (tab) => {
      await tab.goto(`${home}start.html`);
      await tab.keyboard.press("s");
      await tab.locator("#mdbook-searchbar").fill(word);
      await tab.keyboard.press("Shift");
      const found = tab.locator("#mdbook-searchresults a[href*='glossary.html']").first();
      await found.waitFor();
      await found.click();
      await tab.waitForURL(/glossary\.html/);
      assert.match(await tab.locator("main").innerText(), new RegExp(word));
    });
  }

  look("prints a students' sheet: no answers, nothing cut", async (tab) => {
    await tab.emulateMedia({ media: "print" });
    for (const page of [`${chapters[0]}.html`, "print.html"]) {
      await tab.goto(home + page);
      const shown = (selector) => tab.locator(selector).evaluateAll((parts) => (
        parts.filter((part) => part.checkVisibility()).length));
      assert.ok(await shown("section.screen") > 0);
      for (const gone of ["details.answer", "aside.notes", "iframe", "#mdbook-sidebar", ".telling",
        ".quiz details > p", ".screen .output"]) {
        assert.equal(await shown(gone), 0, `${page}: ${gone}`);
      }
      assert.ok(await shown(".quiz summary") > 0);
      const cut = await tab.evaluate(() => [...document.querySelectorAll("pre > code")]
        .filter((code) => code.scrollWidth > code.clientWidth + 1).map((code) => code.textContent));
      assert.deepEqual(cut, [], page);
    }
    await tab.goto(`${home}print.html?teacher`);
    assert.ok(await tab.locator("details.answer").first().isVisible());
  }, { viewport: { width: 660, height: 990 } });
});

// In the page: everything open, because what is folded is not looked at.
function opened() {
  for (const details of document.querySelectorAll("main details")) details.open = true;
  for (const button of document.querySelectorAll(".telling")) button.click();
}

// In the page: goes through all screens and all that is revealed on them; what does not fit, for
// each screen.
async function screensThatFit() {
  const press = (key) => window.dispatchEvent(new KeyboardEvent("keydown", { key }));
  const settled = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 0)); });
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  const screens = [...document.querySelectorAll("section.screen")];
  const found = [];
  for (const screen of screens) {
    const wrong = [];
    const all = screen.querySelectorAll("details.answer, .quiz, pre.console .output").length;
    for (let revealed = 0; revealed <= all; revealed += 1) {
      await settled();
      const [at, bottom] = [screen.getBoundingClientRect(), screen.scrollHeight - screen.clientHeight];
      if (!screen.checkVisibility()) wrong.push("not shown");
      if (screen.classList.contains("over")) wrong.push(`too large once ${revealed} are revealed`);
      if (bottom > 1 || at.right > innerWidth || at.bottom > innerHeight) wrong.push("it scrolls");
      const button = [...document.querySelectorAll(".present-bar button")].find((one) => (
        one.textContent.includes("reveal")));
      if (!button || button.hidden) break;
      press("r");
    }
    found.push(wrong);
    press("ArrowRight");
  }
  return found;
}
