// The join page of people whose browser has no microphone, or does not let the page have it: they listen and watch, and are heard once
// there is one, in the same call.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { en } from "../../api/web/src/texts/en.ts";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import {
  BrowserPool,
  becomes,
  faultsOf,
  hears,
  makeToken,
  openBrowser,
  openPage,
  type PageOptions,
  patience,
} from "./join-pages.ts";
import { looks } from "./join-pictures.ts";

const own = 441;
const carol = 1720;
const all = [own, carol];
/** A browser sets the gain of its microphone. */
const audibleDbov = -45;

let folder: string;
let parley: ParleyProcess;
const browsers = new BrowserPool();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-listening-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0" } });
});
afterEach(() => browsers.closePages());
afterAll(async () => {
  await browsers.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(microphone: "none" | "refused", room: string, options: PageOptions = {}): Promise<Page> {
  const tone = microphone === "none" ? undefined : own;
  const allows = microphone === "none";
  const browser = await browsers.take(microphone, () => openBrowser({ folder, tone, allows }));
  const { token } = await makeToken(parley, room, { display_name: "Ada" });
  const permissions = microphone === "none" ? ["microphone"] : [];
  return openPage(browser, `${parley.url}/join/#${token}`, { permissions, ...options });
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const says = (page: Page, words: string) =>
  page.getByText(words).first().waitFor({ timeout: patience.limitMs });

async function photograph(page: Page, name: string): Promise<void> {
  const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

async function joinToListen(page: Page): Promise<void> {
  await button(page, en.joinWithoutMicrophone).click();
  await button(page, "Leave").waitFor({ timeout: patience.limitMs });
}

async function phoneIn(extension: string) {
  const call = await (await parley.phone("carol")).call(extension, {});
  await call.answered();
  call.media.voice = [{ frequency: carol, levelDbov: -20 }];
  return call;
}

it("lets one listen whose microphone is refused, and speak in the same call once it is allowed", {
  timeout: 300_000,
}, async () => {
  const room = await parley.createRoom({ extension_number: "7301", subject: "Board meeting" });
  const phone = await phoneIn("7301");
  const page = await open("refused", room);
  await says(page, en.problems.microphoneRefused[0]);
  await says(page, en.canListen);
  await button(page, "Try again").waitFor();
  expect(await button(page, "Join").count()).toBe(0);
  expect(await faultsOf(page)).toEqual([]);
  await photograph(page, "listening-lobby");

  await joinToListen(page);
  await hears(page, [carol], all);
  expect(await page.evaluate("probe.lines()")).toEqual([["audio", "recvonly", "none"]]);
  await says(page, en.listening);
  await button(page, en.addMicrophone).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await photograph(page, "listening-room");

  // Keys go without audio.
  await button(page, "Keypad").click();
  for (const key of ["*", "3"]) await button(page, `Key ${key}`).click();
  await page.keyboard.press("Escape");
  await button(page, "Lower hand").waitFor({ timeout: patience.limitMs });

  // Long enough for what the bridge would find wrong with a participant of whom nothing comes.
  const joined = await parley.participant(room, "Ada");
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const listening: object = await parley.participant(room, "Ada");
  expect(listening).toMatchObject({ held: false });
  expect(JSON.stringify(listening)).not.toContain("NO_AUDIO_IN");
  expect(parley.logs.filter((line) => line.includes("no inbound audio"))).toEqual([]);

  await page.context().grantPermissions(["microphone"]);
  await button(page, "Mute").waitFor({ timeout: patience.limitMs });
  await becomes(page, 'probe.lines()[0].join() === "audio,sendrecv,live"');
  await eventually(
    async () => ((await phone.ear.hears([own])).get(own)! > audibleDbov ? true : undefined),
    () => "the page, heard by the phone",
    patience,
  );
  expect(await page.getByText(en.listening).count()).toBe(0);
  expect((await parley.participant(room, "Ada")).id).toBe(joined.id);
  await hears(page, [carol], all);
});

it("lets one watch and listen who has neither microphone nor camera", { timeout: 120_000 }, async () => {
  const room = await parley.createRoom({ extension_number: "7302", mode: "VIDEO" });
  await phoneIn("7302");
  const page = await open("none", room);
  await says(page, en.problems.noMicrophone[0]);
  await button(page, en.startCamera).click();
  await says(page, en.videoTroubles.noCamera);
  await photograph(page, "listening-nothing");

  await joinToListen(page);
  await hears(page, [carol], [carol]);
  // Cards with the names, beside which a picture without video is black: the colour of one, above each name.
  const places = [0.25, 0.75].map((across) => [across, 0.3] as const);
  await becomes(
    page,
    `probe.colours(${JSON.stringify(places)}).length === 2 &&
     probe.colours(${JSON.stringify(places)}).every(([red, green, blue]) => red > 15 && blue > 35 && blue < 70 && blue > red)`,
  );
  await looks(page, places, (seen) => seen.every((colour) => colour === "other"), "no camera");
  await photograph(page, "listening-cards");
  expect(await faultsOf(page)).toEqual([]);
});

it("lets one join whose browser still asks for the microphone", { timeout: 120_000 }, async () => {
  const room = await parley.createRoom({ extension_number: "7303" });
  const browser = await browsers.take("asking", () => openBrowser({ folder, tone: own }));
  const { token } = await makeToken(parley, room, { display_name: "Ada" });
  const context = await browser.newContext({ locale: "en-GB", permissions: ["microphone"] });
  const page = await context.newPage();
  await page.addInitScript({ path: join(import.meta.dirname, "join-page-probe.js") });
  await page.addInitScript("probe.keepMicrophone()");
  const phone = await phoneIn("7303");
  await page.goto(`${parley.url}/join/#${token}`);
  await joinToListen(page);
  await says(page, en.listening);
  await page.evaluate("probe.giveMicrophone()");
  await button(page, "Mute").waitFor({ timeout: patience.limitMs });
  await eventually(
    async () => ((await phone.ear.hears([own])).get(own)! > audibleDbov ? true : undefined),
    () => "the page, heard by the phone",
    patience,
  );
});
