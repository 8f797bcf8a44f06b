// Whatever keeps a person from joining by the page has a sentence of its own and a way on.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { TokenSigner } from "#services/join-tokens";
import type { Problem } from "../../api/web/src/session/problem.ts";
import { en } from "../../api/web/src/texts/en.ts";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { enter, makeToken, openBrowser, openPage, type PageOptions, patience } from "./join-pages.ts";

const hourMs = 3_600_000;

let folder: string;
let parley: ParleyProcess;
let usual: Browser;
let blocked: Browser;
const pages: Page[] = [];
let lastExtension = 7200;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-problems-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0" } });
  usual = await openBrowser({ folder, tone: 440 });
  blocked = await openBrowser({
    ...{ folder, tone: 442 },
    args: [
      "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
      "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    ],
  });
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});
afterAll(async () => {
  for (const browser of [usual, blocked]) await browser?.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

type RoomFields = Partial<Parameters<ParleyProcess["createRoom"]>[0]> & {
  readonly scheduled_start_at?: string;
  readonly scheduled_end_at?: string;
};

const createRoom = (fields: RoomFields = {}): Promise<string> => {
  lastExtension += 1;
  return parley.createRoom({ extension_number: String(lastExtension), subject: "Board meeting", ...fields });
};

async function open(browser: Browser, token: string, options: PageOptions = {}): Promise<Page> {
  const page = await openPage(browser, `${parley.url}/join/#${token}`, options);
  pages.push(page);
  return page;
}

/** The page says it, what helps, and, where a new try can help, has the button. */
async function says(page: Page, problem: Problem, wayOn?: "Try again"): Promise<void> {
  const [title, advice] = en.problems[problem];
  await eventually(
    async () => (await page.getByRole("heading", { name: title }).count()) === 1 || undefined,
    () => `${problem} in a page`,
    patience,
  ).catch(async (error) => {
    throw new Error(`instead of ${problem} the page says: ${await page.locator("body").innerText()}`, {
      cause: error,
    });
  });
  expect(await page.getByText(advice).count()).toBe(1);
  expect(await page.getByRole("button").allInnerTexts()).toEqual(wayOn === undefined ? [] : [wayOn]);
  await photograph(page, problem);
}

/** For people to look at: `PARLEY_TEST_SCREENSHOTS` names a folder. */
async function photograph(page: Page, name: string): Promise<void> {
  const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
  if (!shots) return;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [390, 800, 1400]) {
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
    }
  }
}

function signingSecret(): string {
  const database = new Database(join(parley.sameAgain.dataDir!, "parley.db"), { readonly: true });
  try {
    const row = database.prepare("select value from settings where name = 'join_tokens.secret'").get();
    return (row as { readonly value: string }).value;
  } finally {
    database.close();
  }
}

const lobby = (page: Page): Promise<void> => page.getByLabel("Your name").waitFor();

async function tryToJoin(page: Page): Promise<void> {
  await lobby(page);
  const field = page.getByLabel("Your name");
  if (await field.isEditable()) await field.fill("Ada");
  await page.getByRole("button", { name: "Join", exact: true }).click();
}

describe("a link", () => {
  it.each<[string, Problem, () => Promise<string>]>([
    ["without a token", "noLink", async () => ""],
    ["that is not signed", "linkInvalid", async () => "nonsense"],
    [
      "of another bridge",
      "linkInvalid",
      async () => {
        const { token } = await makeToken(parley, await createRoom());
        const [head, claims] = token.split(".");
        return `${head}.${claims}.${"A".repeat(43)}`;
      },
    ],
    [
      "that was revoked",
      "linkRevoked",
      async () => {
        const room = await createRoom();
        const { id, token } = await makeToken(parley, room);
        await parley.request(`/api/conference_rooms/${room}/tokens/${id}/destroy`, { method: "POST" });
        return token;
      },
    ],
    [
      "that has expired",
      "linkExpired",
      async () => {
        const { token } = await makeToken(parley, await createRoom());
        // The shortest link lasts a minute: this one is signed by the bridge's secret with an end that is past.
        const signer = new TokenSigner(signingSecret());
        return signer.sign({ ...signer.read(token)!, expiresAt: 1 });
      },
    ],
    [
      "whose room is gone",
      "linkRevoked",
      async () => {
        const room = await createRoom();
        const { token } = await makeToken(parley, room);
        await parley.commandRoom(room, "destroy");
        return token;
      },
    ],
  ])("%s: %s", async (_, problem, tokenOf) => {
    await says(await open(usual, await tokenOf()), problem);
  });
});

describe("a browser", () => {
  const tokenOf = async () => (await makeToken(parley, await createRoom())).token;

  it.each([
    ["that knows no WebRTC", "delete globalThis.RTCPeerConnection"],
    ["that lets pages have no microphone", "delete Navigator.prototype.mediaDevices"],
  ])("%s: oldBrowser", async (_, script) => {
    const context = await usual.newContext({ locale: "en-GB" });
    await context.addInitScript(script);
    const page = await context.newPage();
    pages.push(page);
    await page.goto(`${parley.url}/join/#${await tokenOf()}`);
    await says(page, "oldBrowser");
  });

  it("that cannot read the page's program: oldBrowser, in its language", async () => {
    const context = await usual.newContext({ locale: "en-GB" });
    await context.route("**/join/assets/*.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: "this is ## no program" }),
    );
    const page = await context.newPage();
    pages.push(page);
    await page.goto(`${parley.url}/join/#${await tokenOf()}`);
    await says(page, "oldBrowser");
  });

  it("whose WebSockets are blocked: webSocketBlocked", async () => {
    const token = await tokenOf();
    const context = await usual.newContext({ permissions: ["microphone"], locale: "en-GB" });
    await context.routeWebSocket("**/sip", (socket) => void socket.close({ code: 1011 }));
    const page = await context.newPage();
    pages.push(page);
    await page.goto(`${parley.url}/join/#${token}`);
    await tryToJoin(page);
    await says(page, "webSocketBlocked", "Try again");
    await page.getByText(`By phone: ${lastExtension}`).waitFor();
  });

  it("for whom ICE finds no way: mediaBlocked", async () => {
    const page = await open(blocked, await tokenOf());
    await tryToJoin(page);
    await says(page, "mediaBlocked", "Try again");
  });

  it("that loses the bridge before it asks: serverUnreachable, and on once it is back", async () => {
    const page = await open(usual, await tokenOf());
    await lobby(page);
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await page.getByText(en.nameMissing).waitFor();
    await tryToJoin(page);
    await says(page, "serverUnreachable", "Try again");
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await enter(page, "Ada");
  });
});

describe("a room", () => {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();

  it.each([
    ["is full", "roomFull", { capacity: 1 }, "Try again"],
    ["is locked", "roomLocked", {}, "Try again"],
    [
      "has not begun",
      "notBegun",
      { scheduled_start_at: at(24 * hourMs), scheduled_end_at: at(25 * hourMs) },
      "Try again",
    ],
  ] as const)("that %s: %s", async (_, problem, fields, wayOn) => {
    const room = await createRoom(fields);
    if (problem === "roomFull") {
      const phone = await (await parley.phone("bob")).call(String(lastExtension));
      await phone.answered();
    }
    if (problem === "roomLocked") await parley.commandRoom(room, "lock");
    const page = await open(usual, (await makeToken(parley, room)).token);
    await tryToJoin(page);
    await says(page, problem, wayOn);
    if (problem === "notBegun") await page.getByText(/^Begins .+\d:\d\d/).waitFor();
    await parley.hangUpAll();
    if (problem !== "roomLocked") return;
    await parley.commandRoom(room, "unlock");
    await page.getByRole("button", { name: wayOn }).click();
    await enter(page, "Ada");
  });

  it("that is over: meetingOver", async () => {
    const room = await createRoom();
    const page = await open(usual, (await makeToken(parley, room)).token);
    await lobby(page);
    // A booked room whose time is over takes no more bookings: what the bridge says of it is kept to by its own tests.
    await page.route("**/api/join", async (route) => {
      const response = await route.fetch();
      const session = await response.json();
      await route.fulfill({ response, json: { ...session, room: { ...session.room, entry: "over" } } });
    });
    await tryToJoin(page);
    await says(page, "meetingOver");
  });

  it("whose call is refused although its page had said nothing of it: the sentence is that of the refusal", async () => {
    const room = await createRoom();
    const page = await open(usual, (await makeToken(parley, room)).token);
    await lobby(page);
    await page.route("**/api/join", async (route) => {
      const response = await route.fetch();
      await parley.commandRoom(room, "lock");
      await route.fulfill({ response });
    });
    await tryToJoin(page);
    await says(page, "roomLocked", "Try again");
  });
});

it("what a host may not do, or cannot now, is said where they are", async () => {
  const room = await createRoom();
  const page = await open(
    usual,
    (await makeToken(parley, room, { role: "host", display_name: "Ada" })).token,
  );
  await enter(page, "");
  await page.getByRole("button", { name: "Host", exact: true }).click();
  await page.getByLabel("Number to call").fill("0123456789");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  // Behind a dialog nothing can be read.
  await page.getByRole("dialog").getByText(en.refused).waitFor();
  expect(await page.getByText(en.problems.linkInvalid[0]).count()).toBe(0);
});
