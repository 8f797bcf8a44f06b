// Two legs over IPv6 from end to end through real sockets of either kind: they learn where the phones are, and the
// phones hear each other. Only the clock is not real: every tick waits for its packets.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { FakeClock } from "#test/support";
import { pcmu } from "../../../../../media/codec/index.ts";
import { Engine } from "../../../../../media/mixer/index.ts";
import {
  createPolledSockets,
  DgramSockets,
  emptyRtpHeader,
  type MediaSocket,
  type MediaSockets,
  noSocketErrors,
  PortPool,
  readRtpHeader,
  rtpHeaderBytes,
  type SocketErrors,
  writeRtpHeader,
} from "../../../../../media/rtp/index.ts";
import type { AudioPlan } from "../../../../../media/sdp/types.ts";
import { concat, Tone, toneLevel } from "../../support/tones.ts";
import { freePort, until } from "./loopback.ts";

const kinds: Record<MediaSockets["kind"], () => Promise<MediaSockets>> = {
  dgram: async () => new DgramSockets(systemClock),
  polled: () => createPolledSockets({ clock: systemClock, log: silentLogger }),
};
const v6 = "::1";
const room = "room" as RoomId;
const samples = 160;

interface Caller {
  readonly leg: LegId;
  readonly legPort: number;
  readonly port: number;
  readonly socket: MediaSocket;
  readonly errors: SocketErrors;
  readonly tone: Tone;
  readonly heard: Int16Array[];
}

describe.each(Object.entries(kinds))("a leg on ::1 through %s sockets", (_, create) => {
  let sockets: MediaSockets;
  beforeEach(async () => {
    sockets = await create();
  });
  afterEach(() => sockets.close());

  it("is found where its packets come from, and hears and is heard", async () => {
    const clock = new FakeClock();
    const told: unknown[] = [];
    const engine = new Engine({
      clock,
      log: silentLogger,
      ports: new PortPool({ clock, min: 42_000, max: 42_999, random: Math.random }),
      playback: {
        create: () => {
          throw new Error("nothing plays here");
        },
      },
      notify: (name, data) => name === "leg.latched" && told.push(data),
      // What arrives is dated by the engine's clock, not by the kernel's.
      openSocket: (options) =>
        sockets.open({ ...options, onPacket: (packet, from) => options.onPacket(packet, from) }),
      pollSockets: sockets.poll,
    });
    engine.openRoom(room);

    const call = async (name: string, hertz: number): Promise<Caller> => {
      const leg = name as LegId;
      const port = await freePort(v6);
      const heard: Int16Array[] = [];
      const header = emptyRtpHeader();
      const onPacket = (packet: Uint8Array) => {
        expect(readRtpHeader(packet, header)).toBe(true);
        const pcm = new Int16Array(samples);
        pcmu.decode(packet.subarray(header.payloadStart, header.payloadEnd), pcm);
        heard.push(pcm);
      };
      const errors = noSocketErrors();
      const socket = await sockets.open({ address: v6, port, errors, onPacket });
      const { port: legPort } = await engine.createLeg(leg, v6);
      // Behind a translator: the address in its SDP is another.
      engine.configureLeg(leg, planTo({ address: "2001:db8::7", port: 9, rtcpPort: 10 }), {
        sipAddress: "::1",
      });
      engine.joinLeg(leg, room);
      return { leg, legPort, port, socket, errors, tone: new Tone(hertz), heard };
    };
    const callers = [await call("a", 700), await call("b", 1100)];

    const ticks = 50;
    for (let tick = 0; tick < ticks; tick += 1) {
      for (const { socket, legPort, tone, port } of callers) {
        const packet = new Uint8Array(rtpHeaderBytes + samples);
        writeRtpHeader(packet, {
          ...emptyRtpHeader(),
          ssrc: port,
          sequence: tick,
          timestamp: tick * samples,
        });
        pcmu.encode(tone.next(samples), packet.subarray(rtpHeaderBytes));
        socket.send(packet, legPort, v6);
      }
      const taken = () => callers.every(({ leg }) => engine.legStats(leg).packetsReceived === tick + 1);
      await until(sockets, taken);
      clock.advance(20);
      engine.mixOnce();
      await until(sockets, () => callers.every(({ heard }) => heard.length === tick + 1));
    }

    const [a, b] = callers as [Caller, Caller];
    expect(told).toEqual(callers.map(({ leg, port }) => ({ leg, remote: `[::1]:${port}` })));
    const tail = ({ heard }: Caller) => concat(heard.slice(ticks / 2));
    expect(toneLevel(tail(a), 1100)).toBeGreaterThan(-15);
    expect(toneLevel(tail(b), 700)).toBeGreaterThan(-15);
    expect(toneLevel(tail(a), 700)).toBeLessThan(-50);
    for (const { leg, errors } of callers) {
      expect(errors).toEqual(noSocketErrors());
      const { packetsIgnored, packetsLost, packetsUnsent } = await engine.closeLeg(leg);
      expect([packetsIgnored, packetsLost, packetsUnsent]).toEqual([0, 0, 0]);
    }
  });
});

function planTo(remote: AudioPlan["remote"]): AudioPlan {
  return {
    codec: "PCMU",
    payloadType: 0,
    receive: new Map([[0, "PCMU"]]),
    ptimeMs: 20,
    telephoneEvent: undefined,
    events: new Map(),
    opus: undefined,
    comfortNoise: undefined,
    direction: "sendrecv",
    remote,
    rtcpMux: false,
  };
}
