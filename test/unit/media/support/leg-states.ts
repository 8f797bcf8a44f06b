// Legs of each kind as a worker tells of them for a successor (`leg.restore`): a real engine on a memory network, with offers of the
// corpus of SDP and packets from their far ends. `test/support/states/write.ts` writes them down for the versions to come.
import { readFileSync } from "node:fs";
import { type LegId, silentLogger } from "#common";
import type { CommandParams } from "#media/protocol";
import type { FakeClock } from "#test/support";
import { prepareOpus } from "../../../../media/codec/index.ts";
import type { MediaAddress } from "../../../../media/rtp/index.ts";
import { NodeCrypto, type SrtpKeys, SrtpSession } from "../../../../media/srtp/index.ts";
import { DtlsConnection } from "../../../../media/webrtc/dtls-connection.ts";
import { createDtlsIdentity, type DtlsIdentity, loadDtlsLibrary } from "../../../../media/webrtc/index.ts";
import { isDtls } from "../../../../media/webrtc/stun.ts";
import type { NegotiatedLeg } from "../../../../media/worker/negotiated-leg.ts";
import { Negotiations } from "../../../../media/worker/negotiations.ts";
import { readState } from "../../../../media/worker/state-text.ts";
import { writeCheck } from "../webrtc/stun-client.ts";
import { Conference } from "./conference.ts";
import { noHostNames } from "./fakes.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import { FakeCompositor, limits } from "./video.ts";

/** What the control process has of a leg: `state`, and the `checkpoint` that has come since. */
export type LegText = Pick<CommandParams<"leg.restore">, "state" | "checkpoint">;

type Terms = Omit<CommandParams<"leg.create">, "leg" | "offer" | "bindAddress" | "advertisedAddress">;

interface Kind {
  /** In `test/corpus`; absent: the offer is ours. */
  readonly offer?: string;
  readonly terms?: Terms;
  /** What comes after the first agreement. */
  readonly next?: (legs: Negotiations, leg: LegId) => Promise<unknown>;
}

const leg = "leg" as LegId;
const bindAddress = "10.0.0.1";
const video = { video: limits };

const kinds: Readonly<Record<string, Kind>> = {
  pcmu: { offer: "sdp/sipp-uac.sdp", terms: { sipAddress: "192.0.2.7" } },
  "pcma-first": { offer: "sdp/snom-d785-pcma-first.sdp" },
  g722: { offer: "sdp/g722-sampling-rate.sdp", terms: { codecs: ["G722", "PCMA"] } },
  opus: { offer: "sdp/zoiper5.sdp", terms: { codecs: ["opus", "PCMU"] } },
  srtp: { offer: "sdp/snom-savp-only.sdp", terms: { srtp: "require" } },
  dtls: { offer: "sdp/asterisk-dtls.sdp" },
  webrtc: { offer: "sdp/chromium-webrtc.sdp" },
  video: { offer: "sdp-video/grandstream-gxv3370.sdp", terms: video },
  "video-srtp": { offer: "sdp-video/avaya-vantage-srtp.sdp", terms: video },
  "video-webrtc": { offer: "sdp-video/chromium.sdp", terms: video },
  "video-webrtc-screen": { offer: "sdp-video/firefox-screen.sdp", terms: video },
  "video-dtls-without-bundle": { offer: "sdp-video/dtls-without-bundle.sdp", terms: video },
  "video-paused": {
    ...{ offer: "sdp-video/chromium.sdp", terms: video },
    next: (legs) => legs.offer({ leg, video: null }),
  },
  "on-hold": { offer: "sdp/yealink-hold.sdp" },
  "held-by-us": {
    offer: "sdp/zoiper5.sdp",
    next: (legs) => legs.offer({ leg, hold: true }),
  },
  successor: { offer: "sdp/yealink-hold.sdp", terms: { held: true } },
  offering: {},
  "offering-srtp": { terms: { srtp: "offer" } },
  "offering-webrtc": { terms: { srtp: "dtls", ...video } },
};

export const legKinds = Object.keys(kinds);

export interface LegStates {
  of(kind: string): Promise<LegText>;
  /** Another worker, and what a leg tells once it goes on there; `now`: of the machine. */
  restore(told: LegText, now: number): Promise<LegText>;
  close(): Promise<void>;
}

/** At this time of the machine all checkpoints are made. */
export const madeAt = 1_000_000;

export async function openLegStates(): Promise<LegStates> {
  const library = await loadDtlsLibrary();
  const [ours, theirs] = [createDtlsIdentity(library, Date.now()), createDtlsIdentity(library, Date.now())];
  const conferences: Conference[] = [];
  await prepareOpus();

  function worker(now: number): { conference: Conference; legs: Negotiations } {
    const conference = new Conference({ dtlsIdentity: ours, startCompositor: new FakeCompositor().start });
    conferences.push(conference);
    const legs = new Negotiations(conference.engine, {
      ...{ log: silentLogger, newSessionId: () => "7", hostNames: noHostNames, machineTime: () => now },
      ...{ dtlsFingerprint: ours.fingerprint, videoCodecs: ["H264", "VP8"] },
      listener: { created() {}, agreed() {}, closed() {} },
    });
    return { conference, legs };
  }

  const tell = (legs: Negotiations, state: string): LegText => {
    const checkpoint = legs.checkpointOf(leg);
    return { state, ...(checkpoint !== undefined && { checkpoint }) };
  };

  return {
    async of(kind) {
      const { offer: file, terms = {}, next } = kinds[kind]!;
      const { conference, legs } = worker(madeAt);
      const offer = file === undefined ? null : offerFrom(file, theirs);
      let { sdp, state } = await legs.create({
        ...terms,
        leg,
        offer,
        bindAddress,
        advertisedAddress: "192.0.2.1",
      });
      if (offer !== null) {
        const shakesHands = offer.includes("a=fingerprint:");
        const peer = shakesHands ? new Peer(conference, { offer, answer: sdp, theirs, ours }) : undefined;
        peer?.connect();
        conference.run(500);
        sendMedia(conference.network, { offer, answer: sdp, session: peer?.srtp ?? sdesSession(state) });
        conference.run(500);
        peer?.close();
      }
      const later = await next?.(legs, leg);
      if (later) ({ state } = later as { state: string });
      return tell(legs, state);
    },
    async restore(told, now) {
      const { legs } = worker(now);
      const { state } = await legs.restore({ leg, ...told });
      return tell(legs, state);
    },
    async close() {
      for (const { engine } of conferences) await engine.close();
    },
  };
}

/** With the fingerprint of a certificate that there is. */
function offerFrom(file: string, { fingerprint }: DtlsIdentity): string {
  const text = readFileSync(new URL(`../../../corpus/${file}`, import.meta.url), "utf8");
  return text.replaceAll(/^a=fingerprint:.*$/gm, `a=fingerprint:sha-256 ${fingerprint}`);
}

const field = (sdp: string, pattern: RegExp): string => pattern.exec(sdp)?.[1]?.trim() ?? "";

/** Where packets of the far end come from: where it said, or somewhere for a browser that says nothing. */
function placeOf(offer: string): MediaAddress {
  const port = Number(field(offer, /^m=audio (\d+)/m));
  return port > 9 ? { address: field(offer, /^c=IN IP4 (\S+)/m), port } : { address: "10.0.1.1", port: 4000 };
}

const legAt = (answer: string): MediaAddress => ({
  address: bindAddress,
  port: Number(field(answer, /^m=audio (\d+)/m)),
});

interface Media {
  readonly offer: string;
  readonly answer: string;
  /** Absent: it is sent in the clear. */
  readonly session: SrtpSession | undefined;
}

/** Half a second of the format that stands first. */
function sendMedia(network: MemoryNetwork, { offer, answer, session }: Media): void {
  const packet = Buffer.alloc(12 + 160);
  packet[0] = 0x80;
  packet[1] = Number(field(answer, /^m=audio \d+ \S+ (\d+)/m));
  packet.writeUInt32BE(0x1234_5678, 8);
  for (let count = 0; count < 25; count += 1) {
    packet.writeUInt16BE(1000 + count, 2);
    packet.writeUInt32BE(160 * count, 4);
    const sealed = session ? session.protect(packet) : packet;
    if (sealed) network.send(sealed, placeOf(offer), legAt(answer));
  }
}

/** The far end of keys that the description has told; undefined: there are none. */
function sdesSession(state: string): SrtpSession | undefined {
  const { leg } = readState<{ leg: NegotiatedLeg }>(state);
  const keys = leg.sdp?.plan?.srtp;
  if (!keys) return undefined;
  const session = new SrtpSession(new NodeCrypto());
  session.use({ send: keys.receive, receive: keys.send }, 0);
  return session;
}

interface PeerOptions {
  readonly offer: string;
  readonly answer: string;
  readonly theirs: DtlsIdentity;
  readonly ours: DtlsIdentity;
}

/** The far end of a leg with DTLS: proves where it is, where there is ICE, and shakes hands. */
class Peer {
  readonly srtp = new SrtpSession(new NodeCrypto());
  readonly #dtls: DtlsConnection;
  readonly #network: MemoryNetwork;
  readonly #options: PeerOptions;

  constructor({ network, clock }: { network: MemoryNetwork; clock: FakeClock }, options: PeerOptions) {
    const { offer, answer, theirs, ours } = options;
    this.#network = network;
    this.#options = options;
    this.srtp.awaitKeys();
    this.#dtls = new DtlsConnection({
      ...{ identity: theirs, clock },
      role: answer.includes("a=setup:active") ? "server" : "client",
      fingerprints: [{ hash: "sha-256", value: ours.fingerprint }],
      send: (datagram) => network.send(datagram, placeOf(offer), legAt(answer)),
      onKeys: (keys: SrtpKeys) => this.srtp.use(keys, 0),
      onFailed: () => {},
    });
    network.listen(placeOf(offer), (packet) => {
      if (isDtls(packet)) this.#dtls.receive(packet);
    });
  }

  connect(): void {
    const { offer, answer } = this.#options;
    const names = [answer, offer].map((sdp) => field(sdp, /^a=ice-ufrag:(.*)$/m));
    if (names[1] !== "") {
      const password = field(answer, /^a=ice-pwd:(.*)$/m);
      const check = writeCheck({ username: names.join(":"), password, nominates: true });
      this.#network.send(check, placeOf(offer), legAt(answer));
    }
    this.#dtls.start();
  }

  close(): void {
    this.#dtls.close();
  }
}
