// Where the tests get their pages, their browser and their graphs from.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const CHROMIUMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const PROGRAM = process.env.CONCLAB;
const CHROMIUM = process.env.CHROMIUM || CHROMIUMS.find((path) => existsSync(path));

async function browserLibrary() {
  try {
    return (await import("playwright-core")).chromium;
  } catch {
    return null;
  }
}

const library = await browserLibrary();

// Why there is nothing to test with; false if there is.
export const missing = !PROGRAM || !existsSync(PROGRAM)
  ? "CONCLAB does not name the program: set it to target/debug/conclab"
  : !library
    ? "playwright-core is not installed: run `npm ci` in tests/web"
    : !CHROMIUM ? "there is no Chromium: install it, or set CHROMIUM" : false;

export const folder = missing ? null : mkdtempSync(join(tmpdir(), "conclab-web-"));

export function tidyUp() {
  if (folder) rmSync(folder, { recursive: true });
}

function conclab(...words) {
  return execFileSync(PROGRAM, words, { encoding: "utf8", maxBuffer: 1 << 28 });
}

// The page of a lab; with the flags of a size, if some are given.
export function pageOf(lab, ...flags) {
  const path = join(folder, `${[lab, ...flags].join("_")}.html`);
  if (!existsSync(path)) conclab("explore", lab, "--quiet", "--html", path, ...flags);
  return pathToFileURL(path).href;
}

// The page of a recorded run of a lab, with these flags.
export function traceOf(lab, ...flags) {
  const path = join(folder, `${["trace", lab, ...flags].join("_")}.html`);
  if (!existsSync(path)) conclab("trace", lab, "--quiet", "--out", path, ...flags);
  return pathToFileURL(path).href;
}

// The graph of a variant as `--graph` writes it.
export function graphOf(lab, variant, ...flags) {
  return JSON.parse(conclab("explore", lab, "--variant", variant, "--graph", "-", ...flags));
}

export function labs() {
  return JSON.parse(conclab("list", "--format", "json")).labs;
}

export function launch() {
  // As root, in a container, Chromium starts only without its own sandbox; it sees our pages only.
  return library.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

// A tab that fails the test which opened it if anything is asked of a network or complained about.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 }, reducedMotion: "reduce", ...options,
  });
  const tab = await context.newPage();
  tab.complaints = [];
  tab.on("request", (request) => {
    if (request.url().split("#")[0] !== url.split("#")[0] && !request.url().startsWith("data:")) {
      tab.complaints.push(`asked for ${request.url()}`);
    }
  });
  tab.on("console", (message) => tab.complaints.push(`console: ${message.text()}`));
  tab.on("pageerror", (error) => tab.complaints.push(`error: ${error.message}`));
  await tab.goto(url);
  return tab;
}

export function axeSource() {
  return readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
}
