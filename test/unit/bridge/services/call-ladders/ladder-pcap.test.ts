// A ladder as pcap, read by a reader that knows nothing of the writer.
import { expect, it } from "vitest";
import { type CallId, newId } from "#common";
import { CallLadders, ladderToPcap } from "#services/call-ladders";
import type { CdrStart } from "#services/call-records";
import { FakeClock } from "#test/support";
import { description, passing } from "./messages.ts";

/** What a packet of a file with raw IP says (link type 101). */
function packetsOf(file: Buffer) {
  expect([file.readUInt32LE(0), file.readUInt16LE(4), file.readUInt32LE(20)]).toEqual([0xa1b2c3d4, 2, 101]);
  const packets: { at: number; from: string; to: string; payload: string }[] = [];
  for (let at = 24; at < file.length; ) {
    const [seconds, micros, length] = [0, 4, 8].map((offset) => file.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const ip = file.subarray(at + 16, at + 16 + length);
    const v4 = ip[0]! >> 4 === 4;
    const udp = ip.subarray(v4 ? 20 : 40);
    expect([v4 ? ip[9] : ip[6], udp.readUInt16BE(4)]).toEqual([17, udp.length]);
    const address = (index: number) =>
      v4
        ? ip.subarray(12 + 4 * index, 16 + 4 * index).join(".")
        : ip.subarray(8 + 16 * index, 24 + 16 * index).toString("hex");
    packets.push({
      at: seconds * 1000 + micros / 1000,
      from: `${address(0)}:${udp.readUInt16BE(0)}`,
      to: `${address(1)}:${udp.readUInt16BE(2)}`,
      payload: udp.subarray(8).toString(),
    });
    at += 16 + length;
  }
  return packets;
}

it("has each message with its time, its addresses and the length that it has without secrets", async () => {
  const clock = new FakeClock();
  const ladders = new CallLadders({ clock, maxBytes: 2 ** 20 });
  const id = newId<CallId>();
  ladders.take(passing("in", "INVITE", { body: description }));
  ladders.began(id, { sipCallId: "a@b" } as CdrStart);
  await clock.run(20);
  ladders.happened(id, { what: "answered", detail: "" });
  ladders.take(passing("out", "200 OK", { from: "2001:db8::1", protocol: "TLS" }));

  const packets = packetsOf(Buffer.from(ladderToPcap(ladders.find(id)!)));
  expect(packets.map(({ at, from, to }) => [at, from, to])).toEqual([
    [Date.UTC(2026, 0, 1), "192.0.2.1:5062", "192.0.2.10:5060"],
    [
      Date.UTC(2026, 0, 1) + 20,
      "20010db8000000000000000000000010:5060",
      "20010db8000000000000000000000001:5062",
    ],
  ]);
  const [head = "", body = ""] = packets[0]!.payload.split("\r\n\r\n");
  expect(head).toMatch(/^INVITE sip:8000@192.0.2.10 SIP\/2.0\r\n/);
  expect(Number(/^Content-Length: (\d+)/m.exec(head)?.[1])).toBe(Buffer.byteLength(body));
  expect(body).toContain("inline:[secret]");
});
