// The join page below a path that a reverse proxy takes off: the page, its files, requests to the API and SIP over WebSocket all go by the
// proxy, and links of the bridge lead there.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { becomes, enter, hears, openBrowser, openPage, shows } from "./join-pages.ts";
import { type PrefixProxy, startPrefixProxy } from "./prefix-proxy.ts";

const own = 440;
const carol = 1720;

let folder: string;
let parley: ParleyProcess;
let proxy: PrefixProxy;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-prefix-"));
  // Chromium gathers no loopback addresses.
  const env = {
    SIP_LISTEN_ADDRESS: "0.0.0.0",
    API_PUBLIC_NAME: "meet.example",
    API_PUBLIC_PATH: "/tools/parley",
  };
  parley = await ParleyProcess.start({ env });
  proxy = await startPrefixProxy(parley.url, "/tools/parley");
  browser = await openBrowser({ folder, tone: own });
});
afterAll(async () => {
  await browser?.close();
  proxy?.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

it("joins, hears, mutes, writes, and keeps nothing outside of that path", { timeout: 120_000 }, async () => {
  const room = await parley.createRoom({ extension_number: "7401" });
  const { body } = await parley.request(`/api/conference_rooms/${room}/tokens`, {
    body: { display_name: "Ada", role: "host" },
  });
  const { join_url: link } = body as { readonly join_url: string };
  expect(link).toMatch(/^https:\/\/meet\.example\/tools\/parley\/join\/#/);
  const call = await (await parley.phone("carol")).call("7401", {});
  await call.answered();
  call.media.voice = [{ frequency: carol, levelDbov: -20 }];

  // Also without the slash behind it, which people leave out.
  const page = await openPage(browser, `${proxy.url}/join${link.slice(link.indexOf("#"))}`);
  const failed: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) failed.push(response.url());
  });
  await page.reload();
  expect(new URL(page.url()).pathname).toBe("/tools/parley/join/");
  await enter(page, "");
  await hears(page, [carol], [carol, own]);
  await shows(page, "Ada (you)");
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await page.getByRole("button", { name: "Unmute", exact: true }).waitFor();

  await page.getByRole("button", { name: "Chat" }).click();
  await page.locator("input[type=file]").setInputFiles({
    ...{ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Hello") },
  });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /notes\.txt/ }).click();
  expect(new URL((await download).url()).pathname).toMatch(/^\/tools\/parley\/api\//);

  await becomes(page, "navigator.serviceWorker.controller !== null || performance.now() > 5000");
  const scopes = await page.evaluate(
    "navigator.serviceWorker.getRegistrations().then((all) => all.map(({ scope }) => new URL(scope).pathname))",
  );
  expect(scopes).toEqual(["/tools/parley/join/"]);
  expect(failed).toEqual([]);
});
