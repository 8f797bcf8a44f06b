// A participant who has joined by the page is moved to a room on another media worker: their browser gets another leg, with other ICE
// names and another certificate, by one re-INVITE, and hears and is heard there.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import type { Call } from "../support/phone/index.ts";
import { enter, hears, makeToken, openBrowser, openPage, patience, shows } from "./join-pages.ts";

const ada = 440;
const bob = 1040;
const carol = 1720;
const all = [ada, bob, carol];

let folder: string;
let parley: ParleyProcess;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-move-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0", MEDIA_WORKERS: "2" } });
  browser = await openBrowser({ folder, tone: ada });
});
afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function phone(name: string, extension: string, frequency: number): Promise<Call> {
  const call = await (await parley.phone(name)).call(extension);
  await call.answered();
  call.media.voice = [{ frequency, levelDbov: -20 }];
  return call;
}

it("from worker to worker, and back", async () => {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  const [here, there] = [
    await parley.createRoom({ extension_number: "7401" }),
    await parley.createRoom({ extension_number: "7402" }),
  ];
  // One after the other: the rooms are on different workers then.
  const bobPhone = await phone("bob", "7401", bob);
  const carolPhone = await phone("carol", "7402", carol);
  const { token } = await makeToken(parley, here, { display_name: "Ada" });
  const page = await openPage(browser, `${parley.url}/join/#${token}`);
  await enter(page, "");
  await hears(page, [bob], all);
  const { id } = await parley.participant(here, "Ada");
  const heardBy = async (call: Call) => (await call.ear.hears([ada])).get(ada)!;

  await parley.move(here, id, there);

  await hears(page, [carol], all);
  await carolPhone.ear.hearsExactly([{ frequency: ada, levelDbov: -20 }], [bob], {
    ...{ toleranceDb: 6, limitMs: patience.limitMs },
  });
  expect(await heardBy(bobPhone)).toBeLessThan(-50);
  // The page follows the room that its call is in.
  await shows(page, "carol");
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await page.getByRole("button", { name: "Unmute", exact: true }).waitFor();
  expect(await parley.participant(there, "Ada")).toMatchObject({ id, mute_reasons: ["self"] });
  await page.getByRole("button", { name: "Unmute", exact: true }).click();

  await parley.move(there, id, here);

  await hears(page, [bob], all);
  await bobPhone.ear.hearsExactly([{ frequency: ada, levelDbov: -20 }], [carol], {
    ...{ toleranceDb: 6, limitMs: patience.limitMs },
  });
}, 180_000);
