// Video of Chromium against a media worker: bundled with the audio by ICE, DTLS and SRTP, with retransmission and transport
// feedback, in both codecs. Each browser shows one colour and reads the pixels of what it sees. Signalling is the test's.
import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { type MediaWorker, type MediaWorkers, startMediaWorkers } from "#media/client";
import { eventually } from "../support/phone/index.ts";

const room = "room" as RoomId;
const video = { width: 640, height: 360, framerate: 15, kbps: 800 };
const patience = { limitMs: 30_000, everyMs: 200 };

/** Chromium gathers no loopback addresses. */
const ownAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";

let folder: string;
let pool: MediaWorkers;
let worker: MediaWorker;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-chromium-video-"));
  pool = await startMediaWorkers({
    clock: systemClock,
    log: silentLogger,
    workers: 1,
    rtp: { portMin: 24_200, portMax: 24_399 },
    runtimeDirectory: join(folder, "run"),
    promptsPath: join(folder, "no-prompts"),
    logLevel: "silent",
    limits: { startMs: 60_000 },
  });
  worker = pool.workers[0] as MediaWorker;
  await worker.request("room.open", { room, video });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-audio-output"],
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await pool?.close();
  await rm(folder, { recursive: true, force: true });
});

/** In the page: a camera of one colour, silence as its audio, and a connection whose candidates are all in its offer. */
const beginCall = `async ([colour, codec]) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const pen = canvas.getContext("2d");
  let turn = 0;
  setInterval(() => {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 320, 180);
    pen.fillStyle = "white";
    pen.fillRect((turn++ * 4) % 300, 0, 8, 8);
  }, 66);
  const connection = new RTCPeerConnection();
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const silence = new OscillatorNode(context);
  silence.connect(new GainNode(context, { gain: 0.001 })).connect(destination);
  silence.start();
  const sound = destination.stream;
  connection.addTrack(sound.getAudioTracks()[0], sound);
  const stream = canvas.captureStream(15);
  const line = connection.addTransceiver(stream.getVideoTracks()[0], { streams: [stream] });
  const { codecs } = RTCRtpReceiver.getCapabilities("video");
  const wanted = codecs.filter(({ mimeType }) => mimeType === "video/" + codec || mimeType === "video/rtx");
  line.setCodecPreferences(wanted);
  const picture = document.createElement("video");
  picture.muted = picture.autoplay = true;
  connection.ontrack = ({ track }) => {
    if (track.kind === "video") picture.srcObject = new MediaStream([track]);
    void picture.play();
  };
  Object.assign(window, { connection, picture, context });
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") await new Promise((resolve) => setTimeout(resolve, 50));
  return connection.localDescription.sdp;
}`;

const takeAnswer = `(sdp) => connection.setRemoteDescription({ type: "answer", sdp })`;

/** Which of red, green and blue is strongest at the middle of the left and of the right half. */
const look = `() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 36];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, 64, 36);
  return [16, 48].map((x) => {
    const [red, green, blue] = pen.getImageData(x, 18, 1, 1).data;
    return red > 120 && blue < 90 && green < 90 ? "red" : blue > 120 && red < 90 ? "blue" : [red, green, blue].join();
  });
}`;

const figures = `async () => {
  const all = [...(await connection.getStats()).values()];
  const of = (type) => all.find((each) => each.type === type && each.kind === "video") ?? {};
  const { framesEncoded, nackCount, pliCount, retransmittedPacketsSent } = of("outbound-rtp");
  const { roundTripTime, packetsLost } = of("remote-inbound-rtp");
  const inbound = of("inbound-rtp");
  const { availableOutgoingBitrate } = all.find((each) => each.availableOutgoingBitrate) ?? {};
  return {
    ...{ framesEncoded, nackCount, pliCount, retransmittedPacketsSent, roundTripTime, packetsLost },
    ...{ decoded: inbound.framesDecoded, lost: inbound.packetsLost, estimate: availableOutgoingBitrate },
    reported: of("remote-outbound-rtp").reportsSent > 0,
  };
}`;

async function call(name: string, colour: string, codec: string): Promise<Page> {
  const page = await browser.newPage();
  const run = <Result>(script: string, argument?: unknown): Promise<Result> =>
    page.evaluate(`(${script})(${JSON.stringify(argument) ?? ""})`);
  const offer = await run<string>(beginCall, [colour, codec]);
  const address = ownAddress();
  const { sdp } = await worker.request("leg.create", {
    ...{ leg: name as LegId, offer, bindAddress: address, advertisedAddress: address, video },
  });
  await run(takeAnswer, sdp);
  await worker.request("leg.join", { leg: name as LegId, room });
  return page;
}

const sees = (page: Page, ...wanted: string[]) =>
  eventually(
    async () => {
      const seen = await page.evaluate<string[]>(`(${look})()`);
      last = JSON.stringify(seen);
      return last === JSON.stringify(wanted) || undefined;
    },
    () => `picture of ${wanted}: ${last}`,
    patience,
  );
let last = "";

interface Figures {
  readonly lost: number;
  /** Of what it sends, as the bridge reports it; undefined before the first report. */
  readonly packetsLost: number | undefined;
  readonly estimate: number;
  readonly reported: boolean;
}

/** Its figures, once it has had a sender report of the picture and a report of what it sends: the first may be without the second. */
const reported = (page: Page) =>
  eventually(
    async () => {
      const told = await page.evaluate<Figures>(`(${figures})()`);
      last = JSON.stringify(told);
      return told.reported && told.packetsLost !== undefined ? told : undefined;
    },
    () => `reports: ${last}`,
    patience,
  );

describe("two browsers", () => {
  it("see each other in one picture, in VP8 and in H.264", { timeout: 120_000 }, async () => {
    const alice = await call("alice", "red", "VP8");
    const bob = await call("bob", "blue", "H264");
    const cells = ["alice", "bob"].map((leg) => ({
      ...{ leg: leg as LegId, content: "main" as const, name: leg, muted: false },
    }));
    await worker.request("room.scene", { room, layout: 2, cells });
    for (const page of [alice, bob]) await sees(page, "red", "blue");

    for (const page of [alice, bob]) {
      const told = await reported(page);
      expect(told).toMatchObject({ lost: 0, packetsLost: 0 });
      expect(told.estimate).toBeGreaterThan(200_000);
    }
    for (const [leg, codec] of [
      ["alice", "VP8"],
      ["bob", "H264"],
    ] as const) {
      const stats = await worker.request("leg.stats", { leg: leg as LegId });
      expect(stats.packetsIgnored).toBe(0);
      expect(stats.video).toMatchObject({
        codecIn: codec,
        codecOut: codec,
        packetsIgnored: 0,
        packetsLost: 0,
      });
    }
  });
});
