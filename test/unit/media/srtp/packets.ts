// RTP and RTCP packets for tests, and one that a sender of SRTCP has authenticated but not encrypted.
import { createHmac } from "node:crypto";
import { writeUint32 } from "../../../../media/rtp/index.ts";
import type { MasterKey } from "../../../../media/srtp/index.ts";
import { sessionKeys } from "../../../../media/srtp/session-keys.ts";

interface RtpFields {
  readonly sequence: number;
  readonly ssrc?: number;
  /** Words of a header extension. */
  readonly extension?: number;
  readonly payload?: number;
}

export function rtpPacket({
  sequence,
  ssrc = 0xcafe_babe,
  extension = -1,
  payload = 20,
}: RtpFields): Uint8Array {
  const header = 12 + 4 * (extension + 1);
  const packet = Uint8Array.from({ length: header + payload }, (_, index) => (index * 7) & 0xff);
  packet[0] = extension < 0 ? 0x80 : 0x90;
  packet[1] = 0;
  packet[2] = sequence >>> 8;
  packet[3] = sequence & 0xff;
  writeUint32(packet, 4, sequence * 160);
  writeUint32(packet, 8, ssrc);
  if (extension >= 0) packet.set([0xbe, 0xde, extension >>> 8, extension & 0xff], 12);
  return packet;
}

/** A sender report without blocks. */
export function rtcpPacket(ssrc = 0xcafe_babe): Uint8Array {
  const packet = Uint8Array.from({ length: 28 }, (_, index) => (index * 5) & 0xff);
  packet.set([0x80, 200, 0, 6]);
  writeUint32(packet, 4, ssrc);
  return packet;
}

export function unencryptedReport(master: MasterKey, report: Uint8Array, index: number): Uint8Array {
  const signed = new Uint8Array(report.length + 4);
  signed.set(report);
  writeUint32(signed, report.length, index);
  const { authentication } = sessionKeys(master, "rtcp");
  const tag = createHmac("sha1", authentication).update(signed).digest();
  return Buffer.concat([signed, tag.subarray(0, master.suite.rtcpTagBytes)]);
}
