// A program of its own: one picture of a recording as a JPEG, from a few seconds in. A black one, of a room without cameras
// yet, is passed over; a recording that is black for its first ten minutes has none. Says on standard output whether there is one.
//
//   node poster.ts INPUT.mp4 OUTPUT.jpg  →  {"made": true}
import { writeFileSync } from "node:fs";
import { AV_LOG_FATAL, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { Codec, CodecContext, FormatContext, Frame, Log, Packet } from "node-av/lib";
import { check } from "./picture.ts";
import { judge } from "./poster-choice.ts";
import { jpegOf } from "./snapshot.ts";

/** From here on key frames alone are looked at. */
const everyPictureMs = 30_000;
const maxSearchMs = 600_000;

Log.setLevel(AV_LOG_FATAL);

function posterOf(path: string): Buffer | undefined {
  const file = new FormatContext();
  file.allocContext();
  if (file.openInputSync(path) < 0 || file.findStreamInfoSync() < 0) return undefined;
  const stream = file.streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO);
  if (!stream) return undefined;
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  check(decoder.parametersToContext(stream.codecpar), "reading a recording");
  decoder.threadCount = 1;
  check(decoder.open2Sync(codec), "opening a decoder");
  const [packet, frame, best] = [new Packet(), new Frame(), new Frame()];
  for (const each of [packet, frame, best]) each.alloc();
  let chosen: Frame | undefined;
  const msOf = (timestamp: bigint) => (Number(timestamp) * 1000 * stream.timeBase.num) / stream.timeBase.den;
  const look = (): boolean => {
    while (decoder.receiveFrameSync(frame) >= 0) {
      const verdict = judge(frame, msOf(frame.pts));
      if (verdict !== "pass") {
        best.unref();
        check(best.ref(frame), "keeping a picture");
        chosen = best;
      }
      frame.unref();
      if (verdict === "take") return true;
    }
    return false;
  };
  let taken = false;
  while (!taken && file.readFrameSync(packet) >= 0) {
    const atMs = msOf(packet.pts);
    if (atMs > maxSearchMs) break;
    if (packet.streamIndex === stream.index && (packet.isKeyframe || atMs <= everyPictureMs)) {
      decoder.sendPacketSync(packet);
      taken = look();
    }
    packet.unref();
  }
  if (!taken) {
    decoder.sendPacketSync(null);
    look();
  }
  return chosen && jpegOf(chosen);
}

const [input = "", output = ""] = process.argv.slice(2);
const poster = posterOf(input);
if (poster) writeFileSync(output, poster, { mode: 0o600 });
process.stdout.write(JSON.stringify({ made: poster !== undefined }), () => process.exit(0));
