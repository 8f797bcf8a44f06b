// A stranger who sprays RTP, keys and RTCP over the whole range of ports neither hears nor is heard, whatever state a leg
// is in; phones behind NAT are heard and hear all the same, with the stranger beside them.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { encodeG711, eventually, Phone } from "../support/phone/index.ts";
import { writeEvent, writeRtp } from "../support/phone/rtp.ts";
import { sines } from "../support/tones.ts";
import { type Caller, caller, join, newExtension, tones } from "./use-parley.ts";

const strangerAddress = "127.0.0.2";
const behindNat = { announce: { address: "10.66.0.5", port: 4000 } };
const pin = "24680";
const ports = { min: 20_000 + 120 * Math.floor(Math.random() * 80), pairs: 60 };

let berlin: Phone;
let running: ParleyProcess;
beforeAll(async () => {
  berlin = await Phone.open("berlin");
  const { address, port } = berlin.address;
  const trunk = {
    ...{ name: "office", hosts: [`sip:${address}:${port};transport=udp`], keepalive_seconds: 0 },
    ...{ dial_allow: ["2XX"], dial_confirm: false },
  };
  running = await ParleyProcess.start({
    env: {
      TRUNKS: JSON.stringify([trunk]),
      MEDIA_WORKERS: "2",
      RTP_PORT_MIN: String(ports.min),
      RTP_PORT_MAX: String(ports.min + 2 * ports.pairs - 1),
    },
  });
});
afterEach(() => running.hangUpAll());
afterAll(async () => {
  expect(await running.stop()).toEqual({ code: 0, signal: null });
  await berlin.close();
});

function parley(): ParleyProcess {
  onTestFailed(() => {
    process.stderr.write(`${running.logs.slice(-40).join("\n")}\n${running.stderr}\n`);
  });
  return running;
}

/** RTCP: a receiver's report of that SSRC, with a block about another one and with a goodbye as wanted. */
function report(ssrc: number, { about, bye = false }: { about?: number; bye?: boolean } = {}): Buffer {
  const data = Buffer.alloc(about === undefined ? 8 : 32);
  data.writeUInt32BE(about === undefined ? 0x80c9_0001 : 0x81c9_0007, 0);
  data.writeUInt32BE(ssrc, 4);
  if (about !== undefined) data.writeUInt32BE(about, 8);
  if (!bye) return data;
  const goodbye = Buffer.alloc(8);
  goodbye.writeUInt32BE(0x81cb_0001, 0);
  goodbye.writeUInt32BE(ssrc, 4);
  return Buffer.concat([data, goodbye]);
}

/**
 * Ten times a second, to every port of the range: a loud tone for a second, then for a second the keys of a PIN, in one stream
 * without a gap, and RTCP. Goes on while `in the meantime` runs and for two seconds at least; how many packets came back.
 */
async function sprayedWhile(meanwhile: () => Promise<unknown>): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, strangerAddress);
  await once(socket, "listening");
  let heard = 0;
  socket.on("message", () => {
    heard += 1;
  });
  const over = meanwhile();
  let going = true;
  void over
    .catch(() => {})
    .finally(() => {
      going = false;
    });
  for (let round = 0; round < 20 || going; round += 1) {
    const timestamp = round * 160;
    const stream = { marker: false, sequence: round, timestamp, ssrc: 9 };
    const speaks = Math.floor(round / 10) % 2 === 0;
    const voice = encodeG711("PCMU", sines([tones.carol], 160, timestamp));
    const key = writeEvent(pin[Math.floor(round / 2) % pin.length]!, 800, round % 2 === 1);
    const sent = [
      writeRtp({
        ...stream,
        ...(speaks ? { payloadType: 0, payload: voice } : { payloadType: 101, payload: key }),
      }),
      report(9, { about: round, bye: true }),
    ];
    for (let port = ports.min; port < ports.min + 2 * ports.pairs; port += 1) {
      for (const data of sent) socket.send(data, port, "127.0.0.1");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  socket.close();
  await over;
  return heard;
}

interface Scene {
  readonly room: string;
  readonly extension: string;
  readonly alice: Caller;
}

/** A room in which alice speaks. */
async function scene(fields: { room_pin?: string } = {}): Promise<Scene> {
  const extension = newExtension();
  const room = await parley().createRoom({ extension_number: extension, ...fields });
  const alice = await join(parley(), "alice", extension);
  if (fields.room_pin !== undefined) await alice.call.type(`${fields.room_pin}#`);
  await parley().attendance(room, 1);
  return { room, extension, alice };
}

const hearOneAnother = (alice: Caller, bob: Caller) => Promise.all([alice.hears("bob"), bob.hears("alice")]);

/** Bob, heard and hearing. */
async function talking(
  { extension, alice }: Scene,
  options: Parameters<typeof join>[3] = {},
): Promise<Caller> {
  const bob = await join(parley(), "bob", extension, options);
  await hearOneAnother(alice, bob);
  return bob;
}

async function keepsHearing(bob: Caller): Promise<void> {
  const { counts } = bob.call.media;
  const { received } = counts;
  await eventually(
    () => (counts.received > received + 50 ? true : undefined),
    () => "audio for the phone",
  );
  await bob.hears("alice");
}

describe("a stranger's RTP, keys and RTCP reach no leg", () => {
  it("before the answer: in early media, whose refusal the caller hears to its end", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension, enable_prompt: true });
    expect((await parley().request(`/api/conference_rooms/${room}/lock`, { body: {} })).status).toBe(200);
    const bob = await (await parley().phone("bob")).call(extension);
    bob.media.sending = false;
    const heard = await sprayedWhile(() => bob.rejected());
    expect(heard).toBe(0);
    expect((await bob.rejected()).status).toBe(403);
    expect(bob.media.counts.received).toBeGreaterThan(0);
  });

  it("before the answer: while a phone that the room calls is ringing", async () => {
    const { room, alice } = await scene();
    const asked = parley().request(`/api/conference_rooms/${room}/participants/invite`, {
      body: { number: "205" },
    });
    const call = await berlin.incoming();
    call.ring();
    const { port } = call.offered!;
    expect(port).toBeGreaterThanOrEqual(ports.min);
    expect(await sprayedWhile(() => asked)).toBe(0);
    call.accept();
    const bob = caller("bob", call);
    expect(await sprayedWhile(() => hearOneAnother(alice, bob))).toBe(0);
    await call.hangUp();
  });

  it("at the PIN prompt, neither with the right PIN nor between the caller's own keys", async () => {
    const { room, extension, alice } = await scene({ room_pin: pin });
    const bob = await join(parley(), "bob", extension);
    bob.call.media.sending = false;
    expect(await sprayedWhile(() => alice.hears())).toBe(0);
    expect(await parley().participants(room)).toHaveLength(1);
    bob.call.media.sending = true;
    expect(await sprayedWhile(() => bob.call.type(`${pin}#`))).toBe(0);
    await parley().attendance(room, 2);
    await hearOneAnother(alice, bob);
  });

  it("that talks", async () => {
    const meeting = await scene();
    const bob = await talking(meeting);
    expect(await sprayedWhile(() => hearOneAnother(meeting.alice, bob))).toBe(0);
    await hearOneAnother(meeting.alice, bob);
  });

  it.each([
    ["that has never sent a packet", {}, false],
    ["that has never sent a packet, behind NAT", behindNat, false],
    ["that is muted at the phone or suppresses silence", {}, true],
    ["that is muted at the phone or suppresses silence, behind NAT", behindNat, true],
  ])("%s", async (_, options, spoke) => {
    const { extension, alice } = await scene();
    const call = await (await parley().phone("bob")).call(extension, options);
    call.media.sending = spoke;
    const bob = caller("bob", await call.answered());
    if (spoke) await hearOneAnother(alice, bob);
    call.media.sending = false;
    // A phone with a private address hears nothing before its first packet.
    const reached = spoke || options !== behindNat;
    expect(await sprayedWhile(() => Promise.all([alice.hears(), reached && keepsHearing(bob)]))).toBe(0);
    call.media.sending = true;
    await hearOneAnother(alice, bob);
  });

  it.each([
    ["sendonly", "recvonly"],
    ["recvonly", "sendonly"],
    ["inactive", "inactive"],
  ] as const)("whose phone is %s", async (direction, answered) => {
    const meeting = await scene();
    const bob = await talking(meeting);
    expect(await bob.call.reinvite({ direction })).toBe(answered);
    bob.call.media.sending = direction === "sendonly";
    const listens = direction === "recvonly";
    expect(await sprayedWhile(() => Promise.all([meeting.alice.hears(), listens && keepsHearing(bob)]))).toBe(
      0,
    );
    bob.call.media.sending = true;
    await bob.call.reinvite({ direction: "sendrecv" });
    expect(await sprayedWhile(() => hearOneAnother(meeting.alice, bob))).toBe(0);
  });

  it("that is moved to a room on another worker", async () => {
    const here = await scene();
    const there = await scene();
    const bob = await talking(here);
    bob.call.media.sending = false;
    const { id } = await parley().participant(here.room, "bob");
    const moved = async () => {
      await parley().move(here.room, id, there.room);
      await keepsHearing(bob);
      await here.alice.hears();
    };
    expect(await sprayedWhile(moved)).toBe(0);
    expect(bob.call.reinvited).toBe(1);
    bob.call.media.sending = true;
    expect(await sprayedWhile(() => hearOneAnother(there.alice, bob))).toBe(0);
  });

  it("whose phone has named another address with a re-INVITE, where nothing is", async () => {
    const meeting = await scene();
    const bob = await talking(meeting);
    await bob.call.reinvite({ announce: { address: "10.66.0.5", port: 4000 } });
    expect(await sprayedWhile(() => hearOneAnother(meeting.alice, bob))).toBe(0);
  });

  it("whose phone has named another address with a re-INVITE, and listens there", async () => {
    const meeting = await scene();
    const bob = await talking(meeting);
    bob.call.media.sending = false;
    await bob.call.media.rebind("127.0.0.3");
    await bob.call.reinvite({ announce: { address: "127.0.0.3" } });
    expect(await sprayedWhile(() => keepsHearing(bob))).toBe(0);
    bob.call.media.sending = true;
    expect(await sprayedWhile(() => hearOneAnother(meeting.alice, bob))).toBe(0);
  });
});

describe("beside the stranger, NAT lets speak and hear", () => {
  it("a phone with a private address behind the public one of its SIP messages", async () => {
    const meeting = await scene();
    expect(await sprayedWhile(() => talking(meeting, behindNat))).toBe(0);
  });

  it("a phone that sends from another port than its SDP says (symmetric RTP)", async () => {
    const meeting = await scene();
    const elsewhere = { announce: { address: "127.0.0.1", port: 9 } };
    expect(await sprayedWhile(() => talking(meeting, elsewhere))).toBe(0);
  });

  it.each([
    ["another port", undefined],
    ["another network", "127.0.0.3"],
  ])("a phone whose NAT gives it %s in the middle of the call: its stream goes on", async (_, address) => {
    const meeting = await scene();
    const bob = await talking(meeting, behindNat);
    await bob.call.media.rebind(address);
    expect(await sprayedWhile(() => hearOneAnother(meeting.alice, bob))).toBe(0);
  });

  it("a phone that begins again in another network, once its RTCP has named our stream, and not before", async () => {
    const meeting = await scene();
    const bob = await talking(meeting, behindNat);
    const { media, remote } = bob.call;
    await media.rebind("127.0.0.3");
    media.ssrc = 77;
    expect(await sprayedWhile(() => meeting.alice.hears())).toBe(0);
    const rtcp = createSocket("udp4");
    rtcp.bind(0, "127.0.0.3");
    await once(rtcp, "listening");
    const { received } = media.counts;
    await eventually(
      () => {
        rtcp.send(report(77, { about: media.remoteSsrc! }), remote!.port + 1, remote!.address);
        return media.counts.received > received ? true : undefined;
      },
      () => "audio in the other network",
    );
    rtcp.close();
    expect(await sprayedWhile(() => hearOneAnother(meeting.alice, bob))).toBe(0);
  });
});
