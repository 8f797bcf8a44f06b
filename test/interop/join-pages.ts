// The join page in Chromium as a person uses it: a browser whose microphone plays a tone, a link, a name, and what is heard.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { wavFile } from "#media/files";
import type { ParleyApi } from "../support/parley-api.ts";
import { eventually } from "../support/phone/index.ts";
import { sines, telephoneRate } from "../support/tones.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Of a machine that has far more to do than it can. */
export const patience = { limitMs: 40_000, everyMs: 250 };
/** dB of the spectrum: a tone that is heard is far above, one that is not far below. */
const threshold = -70;
const program = "/usr/bin/chromium";
const probe = join(import.meta.dirname, "join-page-probe.js");

export interface BrowserOptions {
  /** For its microphone's tone, and other files. */
  readonly folder: string;
  /** Hertz of the tone that the microphone plays for ever; undefined: there is no microphone. */
  readonly tone: number | undefined;
  /** A command that the browser is started by. */
  readonly through?: readonly string[];
  readonly args?: readonly string[];
  /** Whether pages get what they ask for, as if the user had allowed it; yes unless told otherwise. */
  readonly allows?: boolean;
  /** Whether a signal to this process ends the browser and this process at once; yes unless told otherwise. */
  readonly endsWithSignals?: boolean;
}

export async function openBrowser({
  folder,
  tone,
  through = [],
  args = [],
  allows = true,
  endsWithSignals = true,
}: BrowserOptions): Promise<Browser> {
  const microphone: string[] = [];
  if (tone !== undefined) {
    const file = join(folder, `${tone}.wav`);
    await writeFile(
      file,
      wavFile(sines([{ frequency: tone, levelDbov: -20 }], 10 * telephoneRate), telephoneRate),
    );
    microphone.push("--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${file}`);
  }
  let executablePath = program;
  if (through.length > 0) {
    executablePath = join(folder, `chromium-${tone}.sh`);
    await writeFile(executablePath, `#!/bin/sh\nexec ${through.join(" ")} ${program} "$@"\n`);
    await chmod(executablePath, 0o755);
  }
  return chromium.launch({
    executablePath,
    handleSIGINT: endsWithSignals,
    handleSIGTERM: endsWithSignals,
    args: [
      ...["--no-sandbox", "--disable-dev-shm-usage", "--disable-audio-output"],
      "--autoplay-policy=no-user-gesture-required",
      ...(allows ? ["--use-fake-ui-for-media-stream"] : []),
      ...microphone,
      ...args,
    ],
  });
}

/** The browsers of a test file, each opened once, since that takes seconds. Tests share no page, storage or permission. */
export class BrowserPool {
  readonly #browsers = new Map<string, Promise<Browser>>();

  take(name: string, open: () => Promise<Browser>): Promise<Browser> {
    const browser = this.#browsers.get(name) ?? open();
    this.#browsers.set(name, browser);
    return browser;
  }

  /** After each test. */
  async closePages(): Promise<void> {
    for (const browser of this.#browsers.values()) {
      for (const context of (await browser).contexts()) await context.close();
    }
  }

  async close(): Promise<void> {
    for (const browser of this.#browsers.values()) await (await browser).close();
  }
}

export interface PageOptions extends BrowserContextOptions {
  readonly width?: number;
}

/** A page that has opened `url`, with the probe in it. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1100, ...options }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    ...{ colorScheme: "light", locale: "en-GB", permissions: ["microphone"] },
    ...options,
  });
  const page = await context.newPage();
  await page.addInitScript({ path: probe });
  await page.goto(url);
  return page;
}

export async function makeToken(
  parley: ParleyApi,
  room: string,
  fields: object = {},
): Promise<{ readonly id: string; readonly token: string }> {
  const { status, body, text } = await parley.request(`/api/conference_rooms/${room}/tokens`, {
    body: fields,
  });
  if (status !== 201) throw new Error(`no token: ${text}`);
  return body as { id: string; token: string };
}

/** From the lobby into the room. */
export async function enter(page: Page, name: string): Promise<void> {
  const field = page.getByLabel("Your name");
  await field.waitFor();
  if (await field.isEditable()) await field.fill(name);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("button", { name: "Leave" }).waitFor({ timeout: patience.limitMs });
}

/** Waits until an expression is true in the page, whose policy forbids it to evaluate text by itself. */
export const becomes = (page: Page, expression: string, limitMs = patience.limitMs): Promise<true> =>
  eventually(
    async () => (await page.evaluate(`Boolean(${expression})`)) === true || undefined,
    () => expression,
    { ...patience, limitMs },
  );

/** Waits until the page hears the tones in `heard` and none of the others in `all`. */
export function hears(
  page: Page,
  heard: readonly number[],
  all: readonly number[],
  limitMs = patience.limitMs,
): Promise<true> {
  let last: number[] = [];
  return eventually(
    async () => {
      last = await page.evaluate(`probe.levels([${all}])`);
      return all.every((tone, at) => heard.includes(tone) === last[at]! > threshold) || undefined;
    },
    () => `${heard} Hz in a page that hears ${last}`,
    { ...patience, limitMs },
  );
}

/** What axe finds fault with in the page as it is now. */
export async function faultsOf(page: Page): Promise<unknown> {
  await page.evaluate(await readFile(axe, "utf8"));
  return page.evaluate("probe.faults()");
}

export const shows = (page: Page, words: string): Promise<void> =>
  page.getByText(words).first().waitFor({ timeout: patience.limitMs });
