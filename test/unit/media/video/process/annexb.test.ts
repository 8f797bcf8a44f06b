import { describe, expect, it } from "vitest";
import { splitByteStream } from "../../../../../media/video/nal-units.ts";
import { normalise } from "../../../../../media/video/process/annexb.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("H.264 byte streams", () => {
  it("are cut at start codes of three and four bytes", () => {
    const units = splitByteStream(hex("00000001 6742 000001 68ce 00000001 65888000 000001 6501"));

    expect(units.map((unit) => Buffer.from(unit).toString("hex"))).toEqual([
      "6742",
      "68ce",
      "658880",
      "6501",
    ]);
  });

  it("get start codes of four bytes and lose what need not be sent", () => {
    const stream = hex(
      "00000001 0910 00000001 6742 000001 68ce 000001 0605ff 000001 65aa 000001 65bb 000001 0cff",
    );

    expect(normalise(stream).toString("hex")).toBe(
      "000000016742" + "0000000168ce" + "0000000165aa" + "0000000165bb",
    );
  });

  it("of nothing are nothing", () => {
    expect(splitByteStream(hex(""))).toEqual([]);
    expect(splitByteStream(hex("0000000000"))).toEqual([]);
    expect(splitByteStream(hex("000001"))).toEqual([]);
  });
});
