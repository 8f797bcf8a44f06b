// What a meeting by the join page outlives: the end of its link, and a restart of the bridge.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { freePort } from "../support/ports.ts";
import { enter, makeToken, openPage, patience, shows } from "./join-pages.ts";
import { enterSeen, openBrowserWithCamera, sees } from "./join-pictures.ts";

let folder: string;
let settings: Record<string, string>;
let parley: ParleyProcess;
let browser: Browser;

const start = () => ParleyProcess.start({ dataDir: join(folder, "data"), env: settings });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-lasting-"));
  settings = {
    // Chromium gathers no loopback addresses.
    SIP_LISTEN_ADDRESS: "0.0.0.0",
    SIP_PORT: String(await freePort()),
    API_PORT: String(await freePort()),
    NODE_DRAIN_SECONDS: "0",
  };
  parley = await start();
  browser = await openBrowserWithCamera({ folder, colour: "red", tone: 440 });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

it("the link: the page has its token renewed before it ends, and goes on with that", async () => {
  const room = await parley.createRoom({ extension_number: "7501" });
  const { token } = await makeToken(parley, room, { display_name: "Ada", expires_in: 60 });
  const page = await openPage(browser, "about:blank");
  await page.clock.install();
  await page.goto(`${parley.url}/join/#${token}`);
  await enter(page, "");
  await shows(page, "Ada (you)");

  const renewal = page.waitForResponse("**/api/join/renewal");
  await page.clock.fastForward(31_000);
  expect((await renewal).status()).toBe(200);

  const raised = page.waitForRequest("**/api/join/self/hand");
  await page.getByRole("button", { name: "Raise hand" }).click();
  expect((await raised).headers()["authorization"]).not.toBe(`Bearer ${token}`);
  await shows(page, "hand raised");
});

it.each(["AUDIO", "VIDEO"] as const)(
  "a restart of the bridge under a room of mode %s: the page says so and comes back by itself, as the host that it was",
  async (mode) => {
    onTestFailed(() => {
      process.stderr.write(`${parley.logs.slice(-30).join("\n")}\n`);
    });
    const room = await parley.createRoom({ extension_number: mode === "VIDEO" ? "7503" : "7502", mode });
    const { token } = await makeToken(parley, room, { display_name: "Ada", role: "host" });
    const page = await openPage(browser, `${parley.url}/join/#${token}`);
    if (mode === "VIDEO") await enterSeen(page, "");
    else await enter(page, "");
    await shows(page, "Ada (you)");
    if (mode === "VIDEO") await sees(page, [0.5, 0.5], "red");

    await parley.stop();
    await shows(page, "The connection is lost.");
    parley = await start();

    await page.getByText("The connection is lost.").waitFor({ state: "detached", timeout: patience.limitMs });
    expect(await parley.participant(room, "Ada")).toMatchObject({ chairman: true });
    await shows(page, "Ada (you)");
    if (mode === "VIDEO") {
      // By the new call alone: the frame that came last before is not taken for it.
      await page.getByRole("button", { name: "Stop camera" }).click();
      await sees(page, [0.5, 0.5], "other");
      await page.getByRole("button", { name: "Start camera" }).click();
      await sees(page, [0.5, 0.5], "red");
    }
    await page.getByRole("button", { name: "Leave" }).click();
    await parley.attendance(room, 0);
  },
  240_000,
);

it("a crash of the bridge: the page goes on in the same call, and its picture never stopped", async () => {
  const room = await parley.createRoom({ extension_number: "7504", mode: "VIDEO" });
  const { token } = await makeToken(parley, room, { display_name: "Ada", role: "host" });
  const page = await openPage(browser, `${parley.url}/join/#${token}`);
  await enterSeen(page, "");
  await sees(page, [0.5, 0.5], "red");
  const { id } = await parley.participant(room, "Ada");

  parley.signal("SIGKILL");
  await parley.exited;
  // Nothing but the media worker is there.
  await page.getByRole("button", { name: "Stop camera" }).click();
  await sees(page, [0.5, 0.5], "other");
  await page.getByRole("button", { name: "Start camera" }).click();
  await sees(page, [0.5, 0.5], "red");
  parley = await start();

  await page.getByText("The connection is lost.").waitFor({ state: "detached", timeout: patience.limitMs });
  await shows(page, "Ada (you)");
  expect((await parley.participants(room)).map((one) => one.id)).toEqual([id]);
  await sees(page, [0.5, 0.5], "red");
  await page.getByRole("button", { name: "Leave" }).click();
  await parley.attendance(room, 0);
}, 240_000);
