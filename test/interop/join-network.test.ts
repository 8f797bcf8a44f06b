// The join page over networks as they are: a browser behind a router that translates addresses, on a self-signed HTTPS port,
// whose address changes in the middle of the call, that loses packets, and that lets nothing through but TCP to a TURN server.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { iceServersFor } from "#services/join-tokens";
import { Home, noHosts } from "../support/hosts.ts";
import { openHttpsApi } from "../support/https-api.ts";
import { ParleyProcess, startLimitMs } from "../support/parley.ts";
import type { ParleyApi } from "../support/parley-api.ts";
import type { Call } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { fitTones, type Tone, telephoneRate } from "../support/tones.ts";
import { TurnServer } from "../support/turn.ts";
import { becomes, enter, hears, makeToken, openBrowser, openPage, patience, shows } from "./join-pages.ts";

const ada: Tone = { frequency: 440, levelDbov: -20 };
const carol: Tone = { frequency: 1040, levelDbov: -20 };
const later: Tone = { frequency: 1720, levelDbov: -20 };
const all = [ada, carol, later].map(({ frequency }) => frequency);
const key = "a-key-for-tests-only";
const secret = "kestrel-orchard";
/** Of silence in the middle of a voice, at one packet of ten lost. */
const maxGapMs = 200;
/** Until a page has found that its way is gone, and another one: beside other work. */
const newWayMs = 80_000;

const why = noHosts();
if (why !== undefined) process.stderr.write(`\nSKIPPED, the join page over networks: ${why}\n\n`);

let folder: string;
let home: Home;
let turn: TurnServer;
let parley: ParleyProcess;
let api: ParleyApi;
let browser: Browser;
let room: string;
let extension = 7300;
const pages: Page[] = [];

describe.skipIf(why !== undefined)("the join page over networks", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-join-network-"));
    home = await Home.open();
    const port = await freePort();
    turn = await TurnServer.start({ folder, address: home.beside, port, secret });
    const urls = ["udp", "tcp"].map((transport) => `turn:${home.beside}:${port}?transport=${transport}`);
    parley = await ParleyProcess.spawn({
      dataDir: join(folder, "data"),
      env: {
        API_ADMIN_KEY: key,
        API_LISTEN_ADDRESS: "0.0.0.0",
        API_TLS_MODE: "self-signed",
        SIP_LISTEN_ADDRESS: "0.0.0.0",
        WEBRTC_ICE_SERVERS: JSON.stringify([{ urls, shared_secret: secret }]),
      },
    });
    const apiPort = Number(new URL(parley.url).port);
    const certificateFile = join(folder, "data/tls/cert.pem");
    api = await openHttpsApi({ port: apiPort, key, certificateFile, limitMs: startLimitMs });
    browser = await openBrowser({
      ...{ folder, tone: ada.frequency, through: home.browser.through },
      args: ["--ignore-certificate-errors"],
    });
  });
  beforeEach(async () => {
    extension += 1;
    room = await api.createRoom({ extension_number: String(extension) });
    onTestFailed(() => {
      process.stderr.write(`${parley.logs.slice(-30).join("\n")}\n${turn.output.slice(-2000)}\n`);
    });
  });
  afterEach(async () => {
    await home.forward();
    for (const page of pages.splice(0)) await page.context().close();
    await parley.hangUpAll();
  });
  afterAll(async () => {
    await browser?.close();
    await parley?.stop();
    await turn?.stop();
    await home?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Ada by the page, from behind the router. */
  async function adaJoins(): Promise<{ readonly page: Page; readonly token: string }> {
    const { token } = await makeToken(api, room, { display_name: "Ada" });
    const port = new URL(parley.url).port;
    const page = await openPage(browser, `https://${home.outside}:${port}/join/#${token}`, {
      ignoreHTTPSErrors: true,
    });
    pages.push(page);
    await enter(page, "");
    return { page, token };
  }

  async function carolJoins(): Promise<Call> {
    const call = await (await parley.phone("carol")).call(String(extension));
    await call.answered();
    call.media.voice = [carol];
    return call;
  }

  const bothHear = async (
    page: Page,
    call: Call,
    { tone = carol, limitMs = patience.limitMs } = {},
  ): Promise<void> => {
    await hears(page, [tone.frequency], all, limitMs);
    await call.ear.hearsExactly([ada], [carol.frequency], { toleranceDb: 6, limitMs });
  };

  /** What the others say now has come by the way as it is now. */
  async function bothHearAnew(page: Page, call: Call): Promise<void> {
    call.media.voice = [later];
    await bothHear(page, call, { tone: later, limitMs: newWayMs });
  }

  it("carries a call through a router that translates addresses, with the page's WebSocket over TLS", async () => {
    const call = await carolJoins();
    const { page } = await adaJoins();
    await bothHear(page, call);
    expect(await api.participant(room, "Ada")).toMatchObject({
      transport: "WSS",
      media_encryption: expect.stringMatching(/^A(EAD|ES_CM)_/),
    });
    expect(["host", "prflx", "srflx"]).toContain(await page.evaluate("probe.path()"));
  });

  it.each([
    ["the browser's own address", () => home.changeAddress()],
    ["the router's address", () => home.changeOutside()],
  ])(
    "goes on in the same place when %s changes in the middle",
    async (_, change) => {
      const call = await carolJoins();
      const { page } = await adaJoins();
      await bothHear(page, call);
      const { id } = await api.participant(room, "Ada");
      await page.getByRole("button", { name: "Raise hand" }).click();
      await shows(page, "hand raised");

      const before = await page.evaluate<number>("probe.signallingsBefore()");
      await change();

      await bothHearAnew(page, call);
      // Voices may be back first, by the way alone: without its connection the page cannot be told anything.
      await becomes(page, `probe.signallingsBefore() > ${before}`, newWayMs);
      await page.getByText("The connection is lost.").waitFor({ state: "hidden", timeout: newWayMs });
      expect(await api.participant(room, "Ada")).toMatchObject({ id, hand_raised: true });
      await api.attendance(room, 2);
      // The bridge reaches the page by its new connection.
      await api.command(room, id, "destroy");
      await shows(page, "A host has removed you from the conference.");
    },
    180_000,
  );

  it("is understood both ways while one packet of ten is lost", async () => {
    const call = await carolJoins();
    const { page } = await adaJoins();
    await bothHear(page, call);
    await home.forward("meta l4proto udp numgen random mod 10 == 0 drop");
    // The encoders learn of the loss by the reports of a few seconds.
    await call.ear.next(5000);

    // A busy machine may make packets late, so a while may fail; what is wrong with us is wrong in all of them.
    const measured: string[] = [];
    for (let times = 0; times < 4; times += 1) {
      const [there, here] = await Promise.all([
        page.evaluate<{ share: number; maxMs: number; lost: number }>("probe.concealment(8000)"),
        call.ear.next(8000),
      ]);
      const [gapThere, gapHere] = [there.maxMs, longestGap(here, ada)];
      measured.push(`${there.lost} lost, ${there.share.toFixed(3)} concealed, ${gapThere} and ${gapHere} ms`);
      if (there.lost > 10 && there.share < 0.15 && Math.max(gapThere, gapHere) < maxGapMs) break;
    }
    expect(measured.length, measured.join("; ")).toBeLessThan(4);
    const { quality } = await api.participant(room, "Ada");
    expect(quality!.loss_percent).toBeGreaterThan(3);
    expect(quality!.concealed_percent).toBeLessThan(2 * quality!.loss_percent);
    await bothHearAnew(page, call);
  });

  it.each([
    ["UDP", "relay udp", (port: number) => [`udp dport ${port} accept`, `udp sport ${port} accept`]],
    ["TCP", "relay tcp", () => []],
  ] as const)("goes by TURN over %s where nothing else gets through", async (_, path, allowed) => {
    await home.forward(...allowed(turn.port), "meta l4proto udp drop");
    const call = await carolJoins();
    const { page } = await adaJoins();
    await bothHear(page, call);
    expect(await page.evaluate("probe.path()")).toBe(path);
  });

  it("gets a relay by the credentials that it is given, and none when they have ended", async () => {
    const { page, token } = await adaJoins();
    const { body } = await api.request("/api/join", { key: token });
    const { ice_servers: given } = body as { ice_servers: readonly object[] };
    expect(await relays(page, given)).toMatchObject({ candidates: expect.toSatisfy((count) => count > 0) });

    const settings = [
      { urls: [`turn:${home.beside}:${turn.port}`], sharedSecret: secret, username: "", credential: "" },
    ];
    const ended = iceServersFor("ada", Math.floor(Date.now() / 1000) - 60, settings);
    expect(await relays(page, ended)).toEqual({ candidates: 0, refusals: [401] });
  });
});

const relays = (page: Page, servers: readonly object[]) =>
  page.evaluate<{ candidates: number; refusals: number[] }>(`probe.relays(${JSON.stringify(servers)})`);

/** Milliseconds of the longest stretch in which the tone is 12 dB below what it usually is: its level changes with the page's own processing. */
function longestGap(samples: Int16Array, { frequency }: Tone): number {
  const [windowMs, stepMs] = [40, 20];
  const perMs = telephoneRate / 1000;
  const levels: number[] = [];
  for (let at = 0; at + windowMs * perMs <= samples.length; at += stepMs * perMs) {
    levels.push(fitTones(samples.subarray(at, at + windowMs * perMs), [frequency]).levels[0]!);
  }
  const usual = [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 2)]!;
  let [stretch, longest] = [0, 0];
  for (const level of levels) {
    stretch = level < usual - 12 ? stretch + stepMs : 0;
    longest = Math.max(longest, stretch);
  }
  return longest;
}
