// A stream of video as a pcap file that SIPp plays (`play_pcap_video`). It reads no other link than Ethernet and
// sends what is behind the UDP headers, at the times of the records.
import { addressBytes, PcapRecords, pcapHeader } from "#common";
import { Packetizer } from "../../media/video/payload/index.ts";
import { writeRtp } from "../support/phone/rtp.ts";
import { type ColourName, colours, PictureEncoder } from "../support/video/index.ts";

interface Timed {
  readonly atMs: number;
  readonly packet: Uint8Array;
}

export interface VideoStreamOptions {
  readonly colour: ColourName;
  readonly packetizationMode: 0 | 1;
  readonly payloadType: number;
  readonly seconds: number;
}

const framerate = 10;
const frameMs = 1000 / framerate;
const maxPayloadBytes = 1200;
const ethernet = 1;
const recordHeaderBytes = 16;
/** Destination, source, type: IPv4 (0x0800). */
const ethernetHeader = Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0);

/** H.264 of one colour, with a key frame a second: SIPp does not answer those who ask for one. */
export function videoPcap({ colour, packetizationMode, payloadType, seconds }: VideoStreamOptions): Buffer {
  const encoder = new PictureEncoder({
    ...{ codec: "H264", framerate, maxNalBytes: packetizationMode === 0 ? maxPayloadBytes : undefined },
  });
  const packetizer = new Packetizer({ codec: "H264", packetizationMode });
  const packets: Timed[] = [];
  for (let picture = 0; picture < seconds * framerate; picture += 1) {
    const frame = encoder.encode(colours[colour], picture % framerate === 0);
    const payloads = packetizer.packetize(frame, maxPayloadBytes);
    for (const [index, payload] of payloads.entries()) {
      const head = { payloadType, timestamp: frame.timestamp, sequence: packets.length, ssrc: 0x76_69_64_65 };
      const packet = writeRtp({ ...head, marker: index === payloads.length - 1, payload });
      packets.push({ atMs: picture * frameMs, packet });
    }
  }
  encoder.free();
  return pcapOf(packets);
}

function pcapOf(packets: readonly Timed[]): Buffer {
  const records = new PcapRecords();
  const end = { address: addressBytes("127.0.0.1"), port: 40_000 };
  const header = Buffer.from(pcapHeader());
  header.writeUInt32LE(ethernet, 20);
  const parts: Uint8Array[] = [header];
  for (const { atMs, packet } of packets) {
    const headers = Buffer.from(records.headerOf(packet, atMs * 1000, end, end));
    for (const at of [8, 12]) {
      headers.writeUInt32LE(headers.readUInt32LE(at) + ethernetHeader.length, at);
    }
    const record = headers.subarray(0, recordHeaderBytes);
    parts.push(record, ethernetHeader, headers.subarray(recordHeaderBytes), packet);
  }
  return Buffer.concat(parts);
}
