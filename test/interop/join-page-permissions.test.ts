// Each permission of a member, taken away and given back while they are in the room: what their page shows follows at once, and
// what the page cannot show is refused to its token.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { enter, openBrowser, openPage, patience, shows } from "./join-pages.ts";

let folder: string;
let parley: ParleyProcess;
let browser: Browser;
let page: Page;
let room: string;
let memberId: string;
/** What the page shows the bridge. */
let authorization = "";

const names = [
  ...["canRecord", "canRetrieveRecordings", "canDeleteRecordings", "canJoinMeeting", "canShareAccessLinks"],
  ...["canMakeModerator", "canKickParticipants", "canEndMeeting", "canPublishVideo", "canPublishAudio"],
  ...["canShareScreen", "canReadChat", "canWriteChat", "canChangeVirtualBackground"],
];

const all = Object.fromEntries(names.map((name) => [name, true]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-permissions-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0" } });
  const made = await parley.request("/api/v1/rooms", { body: { roomName: "Permissions" } });
  room = (made.body as { roomId: string }).roomId;
  const added = await parley.request(`/api/v1/rooms/${room}/members`, {
    body: { name: "Ada", baseRole: "speaker", customPermissions: all },
  });
  const { accessUrl, memberId: id } = added.body as { accessUrl: string; memberId: string };
  memberId = id;
  const shown = await parley.request(`/api/conference_rooms/${room}`);
  const caller = await parley.phone("carol");
  const phone = await caller.call((shown.body as { extension_number: string }).extension_number, {});
  await phone.answered();
  browser = await openBrowser({ folder, tone: 440 });
  page = await openPage(browser, `${parley.url}/join/${new URL(accessUrl).search}`);
  page.on("request", (request) => {
    authorization = request.headers()["authorization"] ?? authorization;
  });
  await enter(page, "");
  await parley.attendance(room, 2);
});
afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** All permissions but this one, or all. */
async function permit(permission: string, on: boolean): Promise<void> {
  const answer = await parley.request(`/api/v1/rooms/${room}/members/${memberId}`, {
    method: "PUT",
    body: { customPermissions: { ...all, [permission]: on } },
  });
  expect(answer.status).toBe(200);
}

const button = (name: string) => page.getByRole("button", { name, exact: true });
const openTools = () => button("Host").click();
const closeTools = () => page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).click();

const buttons: readonly [
  permission: string,
  name: string,
  opens: () => Promise<void>,
  closes: () => Promise<void>,
][] = [
  ["canRecord", "Record", openTools, closeTools],
  ["canShareAccessLinks", "Copy the link for others", openTools, closeTools],
  ["canEndMeeting", "End for everybody", openTools, closeTools],
  ["canKickParticipants", "Remove carol", async () => {}, async () => {}],
  ["canMakeModerator", "Make carol a host", async () => {}, async () => {}],
  ["canReadChat", "Chat", async () => {}, async () => {}],
  ["canWriteChat", "Send", async () => button("Chat").click(), async () => button("Close the chat").click()],
];

it.each(buttons)("%s: the button %s comes and goes", async (permission, name, opens, closes) => {
  await opens();
  await button(name).waitFor({ timeout: patience.limitMs });
  await permit(permission, false);
  await button(name).waitFor({ state: "detached", timeout: patience.limitMs });
  await permit(permission, true);
  await button(name).waitFor({ timeout: patience.limitMs });
  await closes();
});

it("canPublishAudio: the member is muted, and cannot speak by their own button", async () => {
  await permit("canPublishAudio", false);
  await shows(page, "The host has muted you.");
  expect((await parley.participant(room, "Ada")).mute_reasons).toContain("floor");
  await permit("canPublishAudio", true);
  await page.getByText("The host has muted you.").waitFor({ state: "detached", timeout: patience.limitMs });
  expect((await parley.participant(room, "Ada")).mute_reasons).not.toContain("floor");
});

/** As the page asks the bridge. */
const fetchFromPage = (path: string, method = "GET") =>
  page.evaluate(
    async ({ url, headers, method }) => {
      const answer = await fetch(url, { method, headers });
      return { status: answer.status, body: await answer.json().catch(() => ({})) };
    },
    { url: `${parley.url}/api/join${path}`, headers: { authorization }, method },
  );

it.each([
  ["canRetrieveRecordings", "GET", "/recordings", 200],
  ["canDeleteRecordings", "DELETE", "/recordings/none", 404],
])("%s: %s %s of the page's token", async (permission, method, path, allowed) => {
  await permit(permission, false);
  expect(await fetchFromPage(path, method)).toMatchObject({
    status: 403,
    body: { code: "PERMISSION_DENIED" },
  });
  await permit(permission, true);
  expect((await fetchFromPage(path, method)).status).toBe(allowed);
});

it.each([
  ["canPublishVideo", "can_publish_video"],
  ["canShareScreen", "can_share_screen"],
  ["canChangeVirtualBackground", "can_change_virtual_background"],
])("%s is told to the page", async (permission, field) => {
  for (const on of [false, true]) {
    await permit(permission, on);
    const { body } = await fetchFromPage("");
    expect(body).toMatchObject({ participant: { permissions: { [field]: on } } });
  }
});

it("canJoinMeeting: who is inside is sent out and not let in again", async () => {
  await permit("canJoinMeeting", false);
  await button("Leave").waitFor({ state: "detached", timeout: patience.limitMs });
  await parley.attendance(room, 1);
  await permit("canJoinMeeting", true);
});
