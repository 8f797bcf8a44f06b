// The join page as people use it: Chromium opens a link, allows a microphone that plays a tone, and is in the room with
// another browser and a phone.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import {
  BrowserPool,
  becomes,
  enter,
  faultsOf,
  hears as hearsOf,
  makeToken,
  openBrowser,
  openPage,
  type PageOptions,
  patience,
  shows,
} from "./join-pages.ts";

const ada = 440;
const bob = 1040;
const carol = 1720;
const all = [ada, bob, carol];

let folder: string;
let parley: ParleyProcess;
const browsers = new BrowserPool();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-page-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0" } });
});
afterEach(() => browsers.closePages());
afterAll(async () => {
  await browsers.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

const browserThatSays = (tone: number): Promise<Browser> =>
  browsers.take(`${tone}`, () => openBrowser({ folder, tone }));

const open = (browser: Browser, token: string, options: PageOptions = {}): Promise<Page> =>
  openPage(browser, `${parley.url}/join/#${token}`, options);

const hears = (page: Page, ...tones: number[]) => hearsOf(page, tones, all);

describe("the join page", () => {
  it("carries a meeting of two browsers and a phone, from the links to the end", {
    timeout: 300_000,
  }, async () => {
    const room = await parley.createRoom({ extension_number: "7001", subject: "Board meeting" });
    const [host, guest] = [
      await makeToken(parley, room, { role: "host", display_name: "Ada" }),
      await makeToken(parley, room),
    ];
    const adaPage = await open(await browserThatSays(ada), host.token);
    const bobPage = await open(await browserThatSays(bob), guest.token);
    await enter(adaPage, "");
    await enter(bobPage, "Bob");
    const caller = await parley.phone("carol");
    const phone = await caller.call("7001", {});
    await phone.answered();
    phone.media.voice = [{ frequency: carol, levelDbov: -20 }];
    await parley.attendance(room, 3);

    // Each hears the other two and not itself.
    await Promise.all([hears(adaPage, bob, carol), hears(bobPage, ada, carol)]);
    const levels = await phone.ear.hears(all);
    expect([ada, bob].every((tone) => levels.get(tone)! > -40)).toBe(true);
    expect(levels.get(carol)).toBeLessThan(-50);
    const [first] = await parley.participants(room);
    expect(first).toMatchObject({ display_name: "Ada", transport: "WS", codecs: ["opus"] });
    await shows(adaPage, "Ada (you)");
    await shows(adaPage, "carol");

    // Page, phone and API agree on who is muted.
    const reasons = async (name: string) => (await parley.participant(room, name)).mute_reasons.join();
    const becomes = (name: string, wanted: string) =>
      eventually(
        async () => (await reasons(name)) === wanted || undefined,
        () => `${name} ${wanted}`,
        patience,
      );

    await bobPage.getByRole("button", { name: "Mute", exact: true }).click();
    await becomes("Bob", "self");
    await bobPage.getByRole("button", { name: "Unmute", exact: true }).waitFor();
    await hears(adaPage, carol);
    await bobPage.getByRole("button", { name: "Unmute", exact: true }).click();
    await becomes("Bob", "");
    await hears(adaPage, bob, carol);

    const { id } = await parley.participant(room, "Bob");
    await parley.request(`/api/conference_rooms/${room}/participants/${id}/mute`, { method: "POST" });
    await shows(bobPage, "The host has muted you.");
    await bobPage.getByRole("button", { name: "Raise hand" }).click();
    await shows(adaPage, "hand raised");
    await adaPage.getByRole("button", { name: "Unmute Bob" }).click();
    await becomes("Bob", "");

    await phone.type("*6");
    await becomes("carol", "self");
    await adaPage.getByRole("button", { name: "Unmute carol" }).waitFor({ timeout: patience.limitMs });

    // Hosts have their tools, and no other participant.
    expect(await bobPage.getByRole("button", { name: "Host", exact: true }).count()).toBe(0);
    await adaPage.getByRole("button", { name: "Host", exact: true }).click();
    await adaPage.getByRole("button", { name: "Lock", exact: true }).click();
    await shows(adaPage, "Locked");
    await shows(bobPage, "Locked");
    await adaPage.getByRole("button", { name: "Unlock" }).click();
    await adaPage.keyboard.press("Escape");
    await adaPage.locator("dialog").waitFor({ state: "detached", timeout: patience.limitMs });
    await adaPage.getByRole("button", { name: "Remove carol" }).click();
    await phone.ended();
    await parley.attendance(room, 2);

    // A page whose connection is cut comes back by itself, in the same place.
    await bobPage.getByRole("button", { name: "Raise hand" }).click();
    await shows(adaPage, "hand raised");
    const { id: before } = await parley.participant(room, "Bob");
    await bobPage.evaluate("probe.cutSignalling()");
    await shows(bobPage, "The connection is lost.");
    await bobPage.getByText("The connection is lost.").waitFor({ state: "detached" });
    expect(await parley.participant(room, "Bob")).toMatchObject({ id: before, hand_raised: true });
    await bobPage.getByRole("button", { name: "Lower hand" }).waitFor();
    await parley.attendance(room, 2);
    await hears(adaPage, bob);

    // It says why it ends.
    await adaPage.getByRole("button", { name: "Remove Bob" }).click();
    await shows(bobPage, "A host has removed you from the conference.");
    await adaPage.getByRole("button", { name: "Leave" }).click();
    await shows(adaPage, "You have left the conference.");
    await adaPage.getByRole("button", { name: "Join again" }).click();
    await adaPage.getByLabel("Your name").waitFor();
  });

  it("has a chat, with files, that is read again after a lost connection", { timeout: 240_000 }, async () => {
    const room = await parley.createRoom({ extension_number: "7003", subject: "Chat" });
    const [host, guest] = [
      await makeToken(parley, room, { role: "host", display_name: "Ada" }),
      await makeToken(parley, room),
    ];
    const adaPage = await open(await browserThatSays(ada), host.token);
    const bobPage = await open(await browserThatSays(bob), guest.token, { width: 390 });
    await enter(adaPage, "");
    await enter(bobPage, "Bob");
    await parley.attendance(room, 2);
    const chatButton = (page: Page) => page.getByRole("button", { name: /^Chat/ });
    const write = async (page: Page, words: string) => {
      await page.getByLabel("Write a message").fill(words);
      await page.keyboard.press("Enter");
    };

    await chatButton(adaPage).click();
    await shows(adaPage, "Nothing has been written yet.");
    await write(adaPage, "Hello <b>Bob</b>\nhttps://example.com");
    await shows(adaPage, "Hello <b>Bob</b>");
    await bobPage.getByRole("button", { name: "Chat (1 new)" }).click({ timeout: patience.limitMs });
    await shows(bobPage, "Hello <b>Bob</b>");
    await write(bobPage, "Hi Ada");
    await shows(adaPage, "Hi Ada");

    await bobPage
      .locator("input[type=file]")
      .setInputFiles({ name: "agenda.txt", mimeType: "text/plain", buffer: Buffer.from("the agenda") });
    const shared = adaPage.getByRole("button", { name: /agenda\.txt/ });
    await shared.waitFor({ timeout: patience.limitMs });
    const [download] = await Promise.all([adaPage.waitForEvent("download"), shared.click()]);
    expect(download.suggestedFilename()).toBe("agenda.txt");
    expect(await readFile(await download.path(), "utf8")).toBe("the agenda");
    await bobPage
      .locator("input[type=file]")
      .setInputFiles({ name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>") });
    await shows(bobPage, "Files of this type cannot be sent here.");

    await bobPage.evaluate("probe.cutSignalling()");
    await shows(bobPage, "The connection is lost.");
    await write(adaPage, "While you were away");
    await shows(bobPage, "While you were away");
    await bobPage.keyboard.press("Escape");
    await bobPage.getByRole("complementary").waitFor({ state: "detached", timeout: patience.limitMs });
  });

  it("shows one's own camera before the call, where the room has a picture, and takes it along", async () => {
    const room = await parley.createRoom({ extension_number: "7005", mode: "VIDEO" });
    const page = await open(await browserThatSays(ada), (await makeToken(parley, room)).token);
    const start = page.getByRole("button", { name: "Start camera" });
    // Chromium's fake prompt allows everything. The microphone is asked for as the page opens.
    await page.evaluate(`navigator.mediaDevices.getUserMedia = (asked) =>
      asked.video
        ? Promise.reject(new DOMException("", "NotAllowedError"))
        : MediaDevices.prototype.getUserMedia.call(navigator.mediaDevices, asked)`);
    await start.click();
    await shows(page, "The page may not use the camera.");
    await page.evaluate("delete navigator.mediaDevices.getUserMedia");
    await start.click();
    const picture = page.getByLabel("Your camera");
    await picture.waitFor();
    await becomes(page, "document.querySelector('video')?.videoWidth > 0");
    const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
    if (shots) await page.screenshot({ path: join(shots, "lobby-camera.png"), fullPage: true });
    await page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]");
    await enter(page, "Ada");
    expect(await page.evaluate("track.readyState")).toBe("live");
    await page.getByRole("button", { name: "Stop camera" }).click();
    expect(await page.evaluate("track.readyState")).toBe("ended");
    await picture.waitFor({ state: "detached", timeout: patience.limitMs });
  });

  it("lets go of a microphone that comes after one has hung up", async () => {
    const room = await parley.createRoom({ extension_number: "7007" });
    const page = await open(await browserThatSays(ada), (await makeToken(parley, room)).token);
    await enter(page, "Ada");
    await page.evaluate("probe.keepMicrophone()");
    await page.getByRole("button", { name: "Sound" }).click();
    await page.getByRole("combobox", { name: "Microphone" }).selectOption({ index: 1 });
    await becomes(page, "probe.isMicrophoneOpen?.()");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Leave" }).click();
    await shows(page, "You have left the conference.");
    await page.evaluate("probe.giveMicrophone()");
    await becomes(page, "!probe.isMicrophoneOpen()");
  });

  it("stays out when a host removes one whose connection is just coming back", async () => {
    const room = await parley.createRoom({ extension_number: "7008" });
    const page = await open(await browserThatSays(ada), (await makeToken(parley, room)).token);
    await enter(page, "Ada");
    const { id } = await parley.participant(room, "Ada");
    const before = await page.evaluate("probe.ufrag()");
    await page.evaluate("probe.cutMedia()");
    // The re-INVITE is answered, and media have not found their way yet.
    await becomes(page, `probe.ufrag() !== "${before}"`);
    await shows(page, "The connection is lost.");
    await parley.command(room, id, "destroy");
    await shows(page, "A host has removed you from the conference.");
    await parley.attendance(room, 0);
  });

  it("hangs up when it is reloaded", async () => {
    const room = await parley.createRoom({ extension_number: "7009" });
    const page = await open(await browserThatSays(ada), (await makeToken(parley, room)).token);
    await enter(page, "Ada");
    await page.reload();
    const record = await eventually(
      async () => {
        const { body } = await parley.request("/api/call_records?filter=to eq '7009'");
        return (body as { readonly items: readonly object[] }).items[0];
      },
      () => "the record of the call",
      patience,
    );
    expect(record).toMatchObject({ ended_by: "remote", status: 200 });
  });

  it("is used at twice its size and by the keyboard", async () => {
    const room = await parley.createRoom({ extension_number: "7010", subject: "Board meeting" });
    const { token } = await makeToken(parley, room, { role: "host", display_name: "Ada" });
    const page = await open(await browserThatSays(ada), token, { viewport: { width: 640, height: 400 } });
    await enter(page, "");
    expect(await page.evaluate("[document.title, document.activeElement.textContent, scrollY]")).toEqual([
      "Board meeting",
      "Board meeting",
      0,
    ]);
    // All buttons are in one row, and can be pressed with a finger.
    const boxes = await Promise.all((await page.locator(".control").all()).map((each) => each.boundingBox()));
    expect(new Set(boxes.map((box) => box!.y)).size).toBe(1);
    for (const box of boxes) expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(40);
    await page.getByRole("button", { name: /^Chat/ }).click();
    const field = page.getByLabel("Write a message");
    await field.fill("Hello");
    await page.keyboard.press("Enter");
    await shows(page, "Hello");
    const [log, line] = [await page.getByRole("log").boundingBox(), await field.boundingBox()];
    expect(log!.height).toBeGreaterThan(80);
    expect(line!.y + line!.height).toBeLessThan(boxes[0]!.y);
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.title")).toBe("Chat");

    await page.getByRole("button", { name: "Host", exact: true }).press("Enter");
    await page.getByRole("button", { name: "End for everybody" }).press("Enter");
    // Pressing twice ends nothing.
    await becomes(page, "document.activeElement.textContent === 'Cancel'");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "End for everybody" }).press("Enter");
    await page.getByRole("button", { name: "End it now" }).press("Enter");
    await shows(page, "The conference has ended.");
  });

  it("lets users of the bridge in by the link of a room, who sign in", async () => {
    const password = "correct horse battery";
    const user = { username: "grace", password, display_name: "Grace", role: "user" };
    expect((await parley.request("/api/users", { body: user })).status).toBe(201);
    const room = await parley.createRoom({ extension_number: "7006" });
    await parley.request(`/api/v1/rooms/${room}/members`, {
      body: { userId: "grace", baseRole: "moderator" },
    });
    const page = await openPage(await browserThatSays(ada), `${parley.url}/join/?room=${room}`);
    const signIn = async (words: string) => {
      await page.getByLabel("User name").fill("grace");
      await page.getByLabel("Password").fill(words);
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await signIn("wrong");
    await shows(page, "The name or the password is wrong.");
    const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
    if (shots) await page.screenshot({ path: join(shots, "sign-in.png") });
    await signIn(password);
    await enter(page, "");
    expect(await parley.participant(room, "Grace")).toMatchObject({ chairman: true });
  });

  it("has a sentence for every link that opens nothing", async () => {
    const browser = await browserThatSays(ada);
    const room = await parley.createRoom({ extension_number: "7002" });
    const revoked = await makeToken(parley, room);
    await parley.request(`/api/conference_rooms/${room}/tokens/${revoked.id}/destroy`, { method: "POST" });
    const good = await makeToken(parley, room);
    for (const [token, sentence] of [
      ["", "This page needs an invitation link."],
      ["nonsense", "This link does not belong to a conference here."],
      [revoked.token, "This link is not valid any more."],
    ] as const) {
      const page = await open(browser, token);
      await shows(page, sentence);
      await page.context().close();
    }
    const page = await open(browser, good.token, { permissions: [], locale: "ru-RU" });
    await page.getByRole("button", { name: "Войти", exact: true }).waitFor();
    await page.context().close();
  });

  it("has nothing that axe finds fault with, in the lobby, the room and the chat", {
    timeout: 300_000,
  }, async () => {
    const room = await parley.createRoom({ extension_number: "7100", subject: "Board meeting" });
    const { token } = await makeToken(parley, room, { role: "host", display_name: "Ada" });
    const page = await open(await browserThatSays(ada), token);
    const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
    const examine = async (state: string) => {
      for (const width of [390, 800, 1400]) {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          expect(await faultsOf(page), `${state}, ${width} wide and ${colorScheme}`).toEqual([]);
          if (shots) await page.screenshot({ path: join(shots, `${state}-${width}-${colorScheme}.png`) });
        }
      }
    };
    await page.getByLabel("Your name").waitFor();
    await examine("lobby");
    await enter(page, "");
    await shows(page, "Ada (you)");
    await examine("room");
    await page.getByRole("button", { name: /^Chat/ }).click();
    await page.getByLabel("Write a message").fill("The agenda is in the mail.");
    await page.keyboard.press("Enter");
    await shows(page, "The agenda is in the mail.");
    await examine("chat");
    await page.getByRole("button", { name: "Close the chat" }).click();
    await page.getByRole("button", { name: "Leave" }).click();
    await shows(page, "You have left the conference.");
  });
});
