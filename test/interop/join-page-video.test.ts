// The join page in a video room: Chromium's cameras each show one colour, and what a page sees is read from the pixels of the
// room's picture.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { VideoCodecName } from "../../media/video/types.ts";
import { ParleyProcess } from "../support/parley.ts";
import type { ApiParticipant } from "../support/parley-api.ts";
import { eventually } from "../support/phone/index.ts";
import { childrenOf } from "../support/processes.ts";
import { type ColourName, VideoLine } from "../support/video/index.ts";
import { BrowserPool, enter, faultsOf, hears, makeToken, openPage, patience, shows } from "./join-pages.ts";
import { enterSeen, looks, openBrowserWithCamera, type Place, sees } from "./join-pictures.ts";

const ada = 440;
/** A browser sets the gain of its microphone. */
const audibleDbov = -45;
const bob = 1040;

const left: Place = [0.25, 0.5];
const right: Place = [0.75, 0.5];
const centre: Place = [0.5, 0.5];
const lowerRight: Place = [0.75, 0.75];

let folder: string;
let parley: ParleyProcess;
const browsers = new BrowserPool();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-join-video-"));
  // Chromium gathers no loopback addresses.
  parley = await ParleyProcess.start({ env: { SIP_LISTEN_ADDRESS: "0.0.0.0" } });
});
afterEach(() => browsers.closePages());
afterAll(async () => {
  await browsers.close();
  await parley?.stop();
  await rm(folder, { recursive: true, force: true });
});

const browserThatShows = (colour: ColourName, tone: number): Promise<Browser> =>
  browsers.take(`${colour} ${tone}`, () => openBrowserWithCamera({ folder, colour, tone }));

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const comes = (page: Page, name: string) => button(page, name).waitFor({ timeout: patience.limitMs });
const goes = (page: Page, name: string) =>
  button(page, name).waitFor({ state: "detached", timeout: patience.limitMs });

/** Side by side, in whatever order. */
const seesBoth = (page: Page): Promise<void> =>
  looks(page, [left, right], (seen) => seen.toSorted().join() === "blue,red", "red and blue");

describe("the join page in a video room", () => {
  it("shows one picture of all, in which cameras, screens and cells come and go", {
    timeout: 300_000,
  }, async () => {
    const room = await parley.createRoom({ extension_number: "7201", mode: "VIDEO", subject: "Design" });
    const host = await makeToken(parley, room, { role: "host", display_name: "Ada" });
    const member = await parley.request(`/api/v1/rooms/${room}/members`, {
      body: {
        name: "Bob",
        baseRole: "speaker",
        customPermissions: { canPublishVideo: true, canShareScreen: true },
      },
    });
    const { accessUrl, memberId } = member.body as { accessUrl: string; memberId: string };
    const adaPage = await openPage(await browserThatShows("red", ada), `${parley.url}/join/#${host.token}`);
    const bobPage = await openPage(
      await browserThatShows("blue", bob),
      `${parley.url}/join/${new URL(accessUrl).search}`,
    );
    await enterSeen(adaPage, "");
    await sees(adaPage, centre, "red");
    await enterSeen(bobPage, "");
    await Promise.all([seesBoth(adaPage), seesBoth(bobPage)]);
    await Promise.all([hears(adaPage, [bob], [ada, bob]), hears(bobPage, [ada], [ada, bob])]);
    for (const page of [adaPage, bobPage]) {
      await page.evaluate("globalThis.picture = document.querySelector('video.picture')");
    }

    await button(bobPage, "Full screen").click();
    await comes(bobPage, "Leave full screen");
    expect(await bobPage.evaluate("document.fullscreenElement.contains(globalThis.picture)")).toBe(true);
    await button(bobPage, "Leave full screen").click();
    await comes(bobPage, "Full screen");

    // Hosts arrange it, and no other participant.
    expect(await button(bobPage, "Host").count()).toBe(0);
    await button(adaPage, "Host").click();
    await adaPage.getByRole("combobox", { name: "Layout" }).selectOption("LAYOUT4");
    const place = (name: string) => adaPage.getByRole("combobox", { name, exact: true });
    await place("Bob").selectOption({ label: "Cell 4" });
    await sees(bobPage, lowerRight, "blue");
    expect(await parley.participant(room, "Bob")).toMatchObject({ position: 3 });
    await place("Bob").selectOption({ label: "Not shown" });
    await sees(bobPage, lowerRight, "other");
    await place("Bob").selectOption({ label: "Automatic" });
    await adaPage.getByRole("combobox", { name: "Layout" }).selectOption("LAYOUT0");
    await seesBoth(bobPage);
    await adaPage.keyboard.press("Escape");

    // A camera that is switched off is let go; a new offer is not needed for it.
    await bobPage.evaluate("globalThis.track = document.querySelector('video.own').srcObject.getTracks()[0]");
    await button(bobPage, "Stop camera").click();
    expect(await bobPage.evaluate("track.readyState")).toBe("ended");
    expect(await bobPage.evaluate("probe.lines()[1]")).toEqual(["video", "sendrecv", "none"]);
    await sees(adaPage, centre, "red");
    await button(bobPage, "Start camera").click();
    await seesBoth(adaPage);

    // A screen is seen beside the camera until the browser's own button ends it.
    await bobPage.evaluate("probe.shareColour('rgb(30 170 40)')");
    await button(bobPage, "Share screen").click();
    await comes(bobPage, "Stop sharing");
    const grid = [0.2, 0.4, 0.6, 0.8].flatMap((across) =>
      [0.25, 0.5, 0.75].map((down): Place => [across, down]),
    );
    await looks(adaPage, grid, (seen) => seen.includes("green"), "the shared screen");
    await bobPage.evaluate("probe.endShare()");
    await comes(bobPage, "Share screen");
    await seesBoth(adaPage);

    // The picture survives the loss of the connection.
    await bobPage.evaluate("probe.cutSignalling()");
    await shows(bobPage, "The connection is lost.");
    await bobPage
      .getByText("The connection is lost.")
      .waitFor({ state: "detached", timeout: patience.limitMs });
    await Promise.all([seesBoth(adaPage), seesBoth(bobPage)]);

    // What is taken away ends at once, and comes back when it is given.
    const permit = (canPublishVideo: boolean, canShareScreen: boolean) =>
      parley.request(`/api/v1/rooms/${room}/members/${memberId}`, {
        method: "PUT",
        body: { customPermissions: { canPublishVideo, canShareScreen } },
      });
    await bobPage.evaluate("globalThis.track = document.querySelector('video.own').srcObject.getTracks()[0]");
    await permit(false, true);
    await goes(bobPage, "Stop camera");
    expect(await bobPage.evaluate("track.readyState")).toBe("ended");
    await sees(adaPage, centre, "red");
    await permit(false, false);
    await goes(bobPage, "Share screen");
    await permit(true, true);
    await button(bobPage, "Start camera").click({ timeout: patience.limitMs });
    await seesBoth(adaPage);

    for (const page of [adaPage, bobPage]) {
      expect(await page.evaluate("picture === document.querySelector('video.picture')")).toBe(true);
    }
  });

  it("shows the picture to one without a camera, who is allowed none", async () => {
    const room = await parley.createRoom({ extension_number: "7202", mode: "VIDEO" });
    const member = await parley.request(`/api/v1/rooms/${room}/members`, {
      body: {
        name: "Bob",
        baseRole: "speaker",
        customPermissions: { canPublishVideo: false, canShareScreen: false },
      },
    });
    const { accessUrl } = member.body as { accessUrl: string };
    const { token } = await makeToken(parley, room, { display_name: "Ada" });
    const adaPage = await openPage(await browserThatShows("red", ada), `${parley.url}/join/#${token}`);
    const bobPage = await openPage(
      await browserThatShows("blue", bob),
      `${parley.url}/join/${new URL(accessUrl).search}`,
    );
    await enterSeen(adaPage, "");
    await bobPage.getByLabel("Your name").waitFor();
    expect(await button(bobPage, "Start camera").count()).toBe(0);
    await enter(bobPage, "");
    await sees(bobPage, centre, "red");
    expect(await bobPage.evaluate("probe.lines()[1]")).toEqual(["video", "recvonly", "none"]);
    expect(await button(bobPage, "Start camera").count()).toBe(0);
    expect(await button(bobPage, "Share screen").count()).toBe(0);
  });

  /** Ada's page and a phone with a camera, who see each other in that codec. */
  async function withPhone(codec: VideoCodecName, extension: string) {
    const room = await parley.createRoom({ extension_number: extension, mode: "VIDEO" });
    const { token } = await makeToken(parley, room, { role: "host", display_name: "Ada" });
    const page = await openPage(await browserThatShows("red", ada), "about:blank");
    await page.addInitScript(`probe.takeCodec("video/${codec}")`);
    await page.goto(`${parley.url}/join/#${token}`);
    await enterSeen(page, "");
    await sees(page, centre, "red");
    const camera = await VideoLine.open({ colour: "blue", codecs: [codec] });
    const call = await (await parley.phone("carol")).call(extension, { video: [camera] });
    await call.answered();
    await seesBoth(page);
    const shows = (phone: ColourName) =>
      camera.shows(
        [
          [...left, "red"],
          [...right, phone],
        ],
        patience.limitMs,
      );
    await shows("blue");
    return { room, page, call, camera, shows };
  }

  it("sees a phone and is seen by it, in H264", async () => {
    const { page, camera } = await withPhone("H264", "7214");
    expect(camera.receivedCodec).toBe("H264");
    expect(await page.evaluate("probe.videoCodecs()")).toEqual(["video/H264", "video/H264"]);
  });

  it("sees a phone and is seen by it, in VP8, and goes on when the media worker dies", async () => {
    const { room, page, call, camera, shows } = await withPhone("VP8", "7213");
    expect(camera.receivedCodec).toBe("VP8");
    expect(await page.evaluate("probe.videoCodecs()")).toEqual(["video/VP8", "video/VP8"]);
    call.media.voice = [{ frequency: bob, levelDbov: -20 }];
    await parley.command(room, (await parley.participant(room, "Ada")).id, "mute");
    await hears(page, [bob], [ada, bob]);
    await call.ear.hearsExactly([], [ada]);
    const before = await parley.participants(room);

    // Only the worker of a room with a picture has a process for pictures.
    const [worker] = parley.workers.filter((pid) => childrenOf(pid).length > 0);
    process.kill(worker!, "SIGKILL");
    camera.colour = "green";
    await sees(page, right, "green");
    await shows("green");
    await hears(page, [bob], [ada, bob]);

    expect(parley.isRunning(worker!)).toBe(false);
    await call.ear.hearsExactly([], [ada]);
    // A page whose connection is away for long calls again, and takes over its place.
    const state = ({ display_name, chairman, mute_reasons }: ApiParticipant) =>
      JSON.stringify({ display_name, chairman, mute_reasons });
    expect((await parley.participants(room)).map(state).sort()).toEqual(before.map(state).sort());
    await parley.command(room, (await parley.participant(room, "Ada")).id, "unmute");
    await eventually(
      async () => ((await call.ear.hears([ada])).get(ada)! > audibleDbov ? true : undefined),
      () => "Ada, heard by the phone",
      patience,
    );
  });

  it("loses the picture with the room's, and sees it again in the same call", {
    timeout: 120_000,
  }, async () => {
    const room = await parley.createRoom({ extension_number: "7204", mode: "VIDEO" });
    const { token } = await makeToken(parley, room, { role: "host", display_name: "Ada" });
    const page = await openPage(await browserThatShows("red", ada), `${parley.url}/join/#${token}`);
    await enterSeen(page, "");
    await sees(page, centre, "red");
    const become = async (mode: string) =>
      expect(
        await parley.request(`/api/conference_rooms/${room}/options`, { method: "PATCH", body: { mode } }),
      ).toMatchObject({ status: 200 });

    await become("AUDIO");
    await eventually(
      async () => ((await page.evaluate("probe.lines()[1][1]")) === "inactive" ? true : undefined),
      () => "inactive line of video",
    );
    await become("VIDEO");
    await sees(page, centre, "red");
  });

  it("has sound alone in a room without a picture", async () => {
    const room = await parley.createRoom({ extension_number: "7203", mode: "AUDIO" });
    const { token } = await makeToken(parley, room, { display_name: "Ada" });
    const page = await openPage(await browserThatShows("red", ada), `${parley.url}/join/#${token}`);
    await enter(page, "");
    await shows(page, "Ada (you)");
    expect(await page.locator("video").count()).toBe(0);
    expect(await button(page, "Start camera").count()).toBe(0);
    expect(await page.evaluate("probe.lines().map(([kind]) => kind)")).toEqual(["audio"]);
  });

  it("has nothing that axe finds fault with, and fits", { timeout: 300_000 }, async () => {
    const room = await parley.createRoom({ extension_number: "7200", mode: "VIDEO" });
    const { token } = await makeToken(parley, room, { role: "host", display_name: "Ada" });
    const page = await openPage(await browserThatShows("red", ada), `${parley.url}/join/#${token}`);
    const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
    await enterSeen(page, "");
    await sees(page, centre, "red");
    for (const width of [390, 800, 1400]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const which = `${width} wide and ${colorScheme}`;
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        expect(await faultsOf(page), which).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        // The controls are below the picture, and both are in sight.
        const [picture, controls] = await Promise.all(
          ["video.picture", ".controls"].map((selector) => page.locator(selector).boundingBox()),
        );
        expect(picture!.y + picture!.height, which).toBeLessThanOrEqual(controls!.y);
        if (shots) await page.screenshot({ path: join(shots, `video-${width}-${colorScheme}.png`) });
        await button(page, "Host").click();
        await page.getByRole("combobox", { name: "Layout" }).waitFor();
        expect(await faultsOf(page), `host's dialog, ${which}`).toEqual([]);
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
      }
    }
  });
});
