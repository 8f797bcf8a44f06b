// One room through all four views: made by the meet API, called by a phone, joined by a browser with a member's link, filled by
// the participants API, and ended by an admin of self-service. After every step all of them tell the same.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { enter, openBrowser, openPage, patience, shows } from "./join-pages.ts";

const password = "correct horse battery";
let folder: string;
let parley: ParleyProcess;
let browser: Browser | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-four-apis-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0" } });
});
afterAll(async () => {
  await browser?.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The body of a success. */
async function ask<Body>(path: string, options: { body?: unknown; key?: string; method?: string } = {}) {
  const { status, body, text } = await parley.request(path, options);
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return body as Body;
}

/** The access token of a new user. */
async function user(username: string): Promise<string> {
  await ask("/api/users", { body: { username, password, display_name: "Grace", role: "user" } });
  const form = new URLSearchParams({ grant_type: "password", username, password });
  const answer = await fetch(`${parley.url}/api/login/oauth/token`, { method: "POST", body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

interface Names {
  readonly display_name: string;
}
interface Views {
  /** Conference API: ON_CALL while participants are inside; meet: active_meeting; self-service: started. */
  readonly states: readonly [string, string, string];
  /** Who is inside, by the conference API, the participants API and, of the members alone, self-service. */
  readonly inside: readonly [readonly string[], readonly string[], readonly string[]];
  /** The members, by the meet API and by self-service. */
  readonly members: readonly [readonly string[], readonly string[]];
}

const sorted = (names: readonly string[]): readonly string[] => names.toSorted();

async function views(room: string, admin: string): Promise<Views> {
  const [conference, meet, selfService, inside, active, own, members] = await Promise.all([
    parley.status(room),
    ask<{ status: string }>(`/api/v1/rooms/${room}?fields=status`),
    ask<{ status: string }>(`/api/participant/room/${room}`, { key: admin }),
    ask<{ items: Names[] }>(`/api/conference_rooms/${room}/participants`),
    ask<{ participants: Names[] }>(`/api/v1/rooms/${room}/participants?active=true`),
    ask<{ items: { username: string; in_room: boolean }[] }>(`/api/participant/room/${room}/participant`, {
      key: admin,
    }),
    ask<{ members: { name: string }[] }>(`/api/v1/rooms/${room}/members`),
  ]);
  return {
    states: [conference.status, meet.status, selfService.status],
    inside: [
      sorted(inside.items.map(({ display_name: name }) => name)),
      sorted(active.participants.map(({ display_name: name }) => name)),
      sorted(own.items.filter(({ in_room: there }) => there).map(({ username }) => username)),
    ],
    members: [
      sorted(members.members.map(({ name }) => name)),
      sorted(own.items.map(({ username }) => username)),
    ],
  };
}

it("a room is the same in the meet, conference, participants and self-service APIs", {
  timeout: 240_000,
}, async () => {
  const grace = await user("grace");
  const { roomId } = await ask<{ roomId: string }>("/api/v1/rooms", { body: { roomName: "Planning" } });
  const { extension_number: extension, subject } = await ask<{ extension_number: string; subject: string }>(
    `/api/conference_rooms/${roomId}`,
  );
  expect(subject).toBe("Planning");
  await ask(`/api/v1/rooms/${roomId}/members`, { body: { userId: "grace", baseRole: "moderator" } });
  expect(await views(roomId, grace)).toEqual({
    states: ["ONLINE", "open", "started"],
    inside: [[], [], []],
    members: [["Grace"], ["Grace"]],
  });

  // A phone dials the extension.
  const caller = await parley.phone("carol");
  const phone = await caller.call(extension, {});
  await phone.answered();
  await parley.attendance(roomId, 1);
  const afterCall = await views(roomId, grace);
  expect(afterCall.states).toEqual(["ON_CALL", "active_meeting", "started"]);
  expect(afterCall.inside).toEqual([["carol"], ["carol"], []]);

  // A browser comes by the link of a member.
  const { accessUrl } = await ask<{ accessUrl: string }>(`/api/v1/rooms/${roomId}/members`, {
    body: { name: "Ada", baseRole: "speaker" },
  });
  browser = await openBrowser({ folder, tone: 440 });
  const { search } = new URL(accessUrl);
  const page = await openPage(browser, `${parley.url}/join/${search}`);
  await enter(page, "");
  await parley.attendance(roomId, 2);
  const afterLink = await views(roomId, grace);
  expect(afterLink.inside).toEqual([["Ada", "carol"], ["Ada", "carol"], ["Ada"]]);
  expect(afterLink.members).toEqual([
    ["Ada", "Grace"],
    ["Ada", "Grace"],
  ]);

  // An application adds its own people.
  const { results } = await ask<{ results: { success: boolean }[] }>(
    `/api/v1/rooms/${roomId}/participants/bulk`,
    { body: { participants: [{ display_name: "Alan" }, {}, { display_name: "Edsger" }] } },
  );
  expect(results.map(({ success }) => success)).toEqual([true, false, true]);
  const afterBulk = await views(roomId, grace);
  expect(afterBulk.inside).toEqual(afterLink.inside);
  expect(afterBulk.members).toEqual([
    ["Ada", "Alan", "Edsger", "Grace"],
    ["Ada", "Alan", "Edsger", "Grace"],
  ]);

  // An admin ends it, in ten seconds.
  await ask(`/api/admin/room/${roomId}`, { body: { time_left: 10 }, key: grace });
  expect((await views(roomId, grace)).inside).toEqual(afterLink.inside);
  await Promise.all([phone.ended(), shows(page, "The conference has ended.")]);
  const afterEnd = await eventually(
    async () => {
      const seen = await views(roomId, grace);
      return seen.inside.every(({ length }) => length === 0) ? seen : undefined;
    },
    () => "no participant in any view",
    patience,
  );
  expect(afterEnd.states).toEqual(["OFFLINE", "open", "ended"]);
  expect(afterEnd.members).toEqual(afterBulk.members);
});
