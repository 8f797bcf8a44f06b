// WAV headers: those of other programs are read chunk by chunk, and the ones written here say what fits.
import { describe, expect, it } from "vitest";
import {
  readWavHeader,
  type WavHeader,
  wavFile,
  wavHeader,
  wavHeaderBytes,
  wholeFrames,
  withDataBytes,
} from "#media/files";

const chunk = (name: string, body: Buffer, claimed = body.length) => {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(claimed, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
};
const riff = (...chunks: Buffer[]) => Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVE", "latin1"), ...chunks]);
const pcm = wavHeader(16_000, 0).subarray(20, 36);
const data = Buffer.alloc(320, 7);

const read = (file: Buffer): WavHeader => {
  const header = readWavHeader(file);
  if (!header.ok) throw new Error(header.error);
  return header.value;
};

describe("a WAV header", () => {
  it("of a file that was written here says what was given", () => {
    const samples = Int16Array.of(1, -2, 32_767, -32_768);
    const file = wavFile(samples, 48_000);
    expect(read(file)).toEqual({
      format: 1,
      channels: 1,
      rate: 48_000,
      bitsPerSample: 16,
      bytesPerFrame: 2,
      bytesPerSecond: 96_000,
      dataOffset: wavHeaderBytes,
      dataBytes: 8,
    });
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect([0, 2, 4, 6].map((at) => file.readInt16LE(wavHeaderBytes + at))).toEqual([...samples]);
  });

  it("of two channels counts both in a frame", () => {
    const header = read(wavHeader(48_000, 400, 2));
    expect(header).toMatchObject({ channels: 2, bytesPerFrame: 4, bytesPerSecond: 192_000, dataBytes: 400 });
  });

  it("is read past other chunks, also those of odd length", () => {
    const list = chunk("LIST", Buffer.from("INFOsome name", "latin1"));
    const file = riff(chunk("fmt ", pcm), list, chunk("fact", Buffer.alloc(4)), chunk("data", data));
    expect(list.length).toBe(8 + 14);
    expect(read(file)).toMatchObject({ rate: 16_000, dataOffset: file.length - 320, dataBytes: 320 });
    const before = riff(list, chunk("fmt ", pcm), chunk("data", data));
    expect(read(before)).toMatchObject({ dataOffset: before.length - 320, dataBytes: 320 });
  });

  it("of WAVE_FORMAT_EXTENSIBLE has the format of its sub-format", () => {
    const extensible = Buffer.concat([pcm, Buffer.alloc(24)]);
    extensible.writeUInt16LE(0xfffe, 0);
    extensible.writeUInt16LE(22, 16);
    extensible.writeUInt16LE(7, 24);
    expect(read(riff(chunk("fmt ", extensible), chunk("data", data))).format).toBe(7);
    const short = extensible.subarray(0, 18);
    expect(read(riff(chunk("fmt ", short), chunk("data", data))).format).toBe(0xfffe);
  });

  it.each([0, 0xffff_ffff, 100])(
    "whose data size still says %i leaves the file's own size to count",
    (claimed) => {
      const header = read(riff(chunk("fmt ", pcm), chunk("data", data, claimed)));
      expect(header.dataBytes).toBe(claimed);
      expect(wholeFrames(header, header.dataOffset + 320)).toBe(320);
      expect(wholeFrames(header, header.dataOffset + 319)).toBe(318);
      expect(wholeFrames(header, header.dataOffset - 1)).toBe(0);
      expect(wholeFrames({ ...header, bytesPerFrame: 0 }, 1000)).toBe(0);
    },
  );

  it.each([
    ["no bytes", Buffer.alloc(0), "not a WAV file"],
    ["half its first words", riff().subarray(0, 11), "not a WAV file"],
    ["another RIFF file", Buffer.from("RIFF\0\0\0\0AVI LIST", "latin1"), "not a WAV file"],
    ["half a format", riff(chunk("fmt ", pcm)).subarray(0, 30), "a short format chunk"],
    ["a format of 14 bytes", riff(chunk("fmt ", pcm.subarray(0, 14))), "a short format chunk"],
    ["no samples", riff(chunk("fmt ", pcm)), "no samples found"],
    ["half a data chunk's head", riff(chunk("fmt ", pcm), Buffer.from("data\0\0")), "no samples found"],
    ["a chunk past the end", riff(chunk("fmt ", pcm), chunk("LIST", data, 0xffff_fffe)), "no samples found"],
    ["samples first", riff(chunk("data", data), chunk("fmt ", pcm)), "samples before their format"],
    [
      "a thousand empty chunks",
      riff(...Array.from({ length: 1000 }, () => chunk("junk", Buffer.alloc(0)))),
      "no",
    ],
  ])("is refused for %s", (_, file, reason) => {
    expect(readWavHeader(file)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  it("of more than 4 GiB says: to the end of the file", () => {
    const most = 0xffff_ffff;
    const sizes = (bytes: number) => {
      const header = wavHeader(8000, bytes);
      return [header.readUInt32LE(4), header.readUInt32LE(40)];
    };
    expect(sizes(most - 36)).toEqual([most, most - 36]);
    expect(sizes(most - 35)).toEqual([most, most - 35]);
    expect(sizes(5 * 1024 ** 3)).toEqual([most, most]);
    const header = read(wavHeader(8000, 5 * 1024 ** 3));
    expect(wholeFrames(header, wavHeaderBytes + 5 * 1024 ** 3 + 1)).toBe(5 * 1024 ** 3);
  });

  it("gets another length and stays the same otherwise", () => {
    const header = wavHeader(8000, 0);
    expect(withDataBytes(header, 640)).toEqual(wavHeader(8000, 640));
    expect(header).toEqual(wavHeader(8000, 0));
  });
});
