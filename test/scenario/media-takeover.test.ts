// A stranger who sprays RTP over the ports of running calls neither hears nor is heard, whatever state the phone is in;
// phones behind NAT are heard and hear all the same.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { writeRtp } from "../support/phone/rtp.ts";
import { join, newExtension, tones, useParley } from "./house.ts";

const parley = useParley();
const strangerAddress = "127.0.0.2";
const behindNat = { announce: { address: "10.66.0.5", port: 4000 } };

/** Ten packets a second of one stream to each port, for three seconds; how many packets came back. */
async function spray(ports: readonly number[]): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, strangerAddress);
  await once(socket, "listening");
  let heard = 0;
  socket.on("message", () => {
    heard += 1;
  });
  const payload = new Uint8Array(160).fill(0xff);
  for (let sequence = 0; sequence < 30; sequence += 1) {
    const timestamp = sequence * 160;
    const packet = writeRtp({ payloadType: 0, marker: false, sequence, timestamp, ssrc: 9, payload });
    for (const port of ports) socket.send(packet, port, "127.0.0.1");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  socket.close();
  return heard;
}

describe("a stranger's RTP", () => {
  it("takes over no phone that has sent nothing, is muted, or is behind NAT", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const speaker = await join(parley(), "alice", extension);

    const silent = await (await parley().phone("silent")).call(extension);
    silent.media.sending = false;
    const silentBehindNat = await (await parley().phone("silent-nat")).call(extension, behindNat);
    silentBehindNat.media.sending = false;
    await Promise.all([silent.answered(), silentBehindNat.answered()]);
    const muted = await join(parley(), "bob", extension);
    const mutedBehindNat = await join(parley(), "carol", extension, behindNat);
    await speaker.hears("bob", "carol");
    muted.call.media.sending = false;
    mutedBehindNat.call.media.sending = false;

    const legs = [silent, silentBehindNat, muted.call, mutedBehindNat.call];
    expect(await spray(legs.map(({ remote }) => remote!.port))).toBe(0);

    // They hear on; and NAT, which has forgotten nothing, lets them speak again.
    await muted.hears("alice");
    await mutedBehindNat.hears("alice");
    mutedBehindNat.call.media.sending = true;
    await speaker.hears("carol");
    const { received } = silent.media.counts;
    await eventually(
      () => (silent.media.counts.received > received + 50 ? true : undefined),
      () => "audio for the silent phone",
    );
    silentBehindNat.media.voice = [tones.bob];
    silentBehindNat.media.sending = true;
    await speaker.hears("bob", "carol");
  });
});
