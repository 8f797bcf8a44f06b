import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeHead, maxMessageBytes, WireReader } from "../../../../../media/video/process/wire.ts";

const message = (head: object, bytes = Buffer.alloc(0)) =>
  Buffer.concat([encodeHead(head, bytes.length), bytes]);

describe("messages with bytes", () => {
  it("are the same behind the stream, however it is cut", () => {
    const messages = fc.array(
      fc.tuple(fc.dictionary(fc.string(), fc.string()), fc.uint8Array({ maxLength: 300 })),
    );
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.map(([head, bytes]) => message(head, Buffer.from(bytes))));
        const reader = new WireReader();
        const got: [unknown, Uint8Array][] = [];
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const length = cuts[cut % cuts.length] as number;
          for (const { head, bytes } of reader.push(stream.subarray(at, at + length))) {
            got.push([head, Uint8Array.from(bytes)]);
          }
          at += length;
        }
        expect(got).toEqual(sent.map(([head, bytes]) => [{ ...head }, Uint8Array.from(bytes)]));
      }),
    );
  });

  it("that are too long are refused on both sides", () => {
    expect(() => encodeHead({ kind: "ping" }, maxMessageBytes)).toThrow("too long");
    expect(() => encodeHead({ text: "x".repeat(70_000) })).toThrow("too long");
    expect(() => new WireReader().push(Buffer.from("ffffffff", "hex"))).toThrow("says that it has");
  });

  it.each([
    ["no JSON", "0000000500037b7b7b"],
    ["a head longer than the message", "0000000300097b"],
    ["no room for a head", "0000000100"],
  ])("of %s end the reading", (_, hex) => {
    expect(() => new WireReader().push(Buffer.from(hex, "hex"))).toThrow(
      expect.objectContaining({ code: "BAD_FRAME" }),
    );
  });
});
