// Streams that no encoder makes, kept in test/corpus/video: how they are written and read, and further ones made of them by chance.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { VideoCodecName } from "../../../media/video/types.ts";

const folder = join(import.meta.dirname, "../../corpus/video");
const suffixes = { ".h264": "H264", ".vp8": "VP8" } as const satisfies Record<string, VideoCodecName>;

export interface HostileStream {
  readonly name: string;
  readonly codec: VideoCodecName;
  readonly pictures: readonly Buffer[];
}

/** Each picture behind its length, 32 bits. */
export const packStream = (pictures: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    pictures.flatMap((picture) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(picture.length);
      return [length, picture];
    }),
  );

function unpackStream(data: Buffer): Buffer[] {
  const pictures: Buffer[] = [];
  for (let at = 0; at + 4 <= data.length; ) {
    const end = at + 4 + data.readUInt32BE(at);
    pictures.push(data.subarray(at + 4, end));
    at = end;
  }
  return pictures;
}

export function readCorpus(): HostileStream[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const codec = Object.entries(suffixes).find(([suffix]) => name.endsWith(suffix))?.[1];
      return codec ? [{ name, codec, pictures: unpackStream(readFileSync(join(folder, name))) }] : [];
    });
}

/** A picture of the corpus or a whole one, as it is or changed. `random`: 0 … 1. */
export function spoil(whole: Uint8Array, corpus: readonly HostileStream[], random: () => number): Uint8Array {
  const below = (most: number) => Math.floor(random() * most);
  const stream = corpus[below(corpus.length)];
  const picture = (random() < 0.5 ? stream?.pictures[below(stream.pictures.length)] : undefined) ?? whole;
  const data = Uint8Array.from(picture);
  if (data.length < 8) return data;
  switch (below(6)) {
    case 0:
      return data.subarray(0, 1 + below(data.length));
    case 1: {
      for (let count = 1 + below(30); count > 0; count -= 1) data[below(data.length)] = below(256);
      return data;
    }
    case 2: {
      // Sizes, ids and flags stand at the beginning.
      for (let count = 1 + below(6); count > 0; count -= 1)
        data[below(Math.min(48, data.length))]! ^= 1 << below(8);
      return data;
    }
    case 3: {
      const from = below(data.length);
      data.copyWithin(below(data.length), from, from + below(200));
      return data;
    }
    default:
      return data;
  }
}
