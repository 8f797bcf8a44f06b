// Messages for a capture server: each chunk as the table of HEP version 3 has it, read by a decoder of its own; what is sent, left
// out and counted.
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { payloadOf } from "#services/call-ladders";
import { encodeHep3, HepExport } from "#services/hep";
import { FakeClock, settle } from "#test/support";
import { description, passing } from "../call-ladders/messages.ts";

/** Type → name and length of its value in bytes; undefined: an octet string. */
const table: Readonly<Record<number, readonly [name: string, bytes?: number]>> = {
  1: ["family", 1],
  2: ["protocol", 1],
  3: ["from4", 4],
  4: ["to4", 4],
  5: ["from6", 16],
  6: ["to6", 16],
  7: ["fromPort", 2],
  8: ["toPort", 2],
  9: ["seconds", 4],
  10: ["micros", 4],
  11: ["type", 1],
  12: ["captureId", 4],
  14: ["key"],
  15: ["payload"],
  17: ["correlationId"],
  19: ["node"],
};

function decode(data: Uint8Array): Record<string, string | number> {
  const packet = Buffer.from(data);
  expect([packet.toString("latin1", 0, 4), packet.readUInt16BE(4)]).toEqual(["HEP3", packet.length]);
  const chunks: Record<string, string | number> = {};
  for (let at = 6; at < packet.length; at += packet.readUInt16BE(at + 4)) {
    const value = packet.subarray(at + 6, at + packet.readUInt16BE(at + 4));
    const [name = "unknown", bytes] = table[packet.readUInt16BE(at + 2)] ?? [];
    expect([packet.readUInt16BE(at), bytes ?? value.length]).toEqual([0, value.length]);
    const isNumber = bytes !== undefined && bytes <= 4 && !/^(?:from|to)4$/.test(name);
    chunks[name] = isNumber
      ? value.readUIntBE(0, bytes)
      : value.toString(bytes === undefined ? "utf8" : "hex");
  }
  return chunks;
}

const at = Date.UTC(2026, 0, 1) + 20;
const message = {
  at,
  from: { address: "192.0.2.1", port: 5062 },
  to: { address: "192.0.2.10", port: 5060 },
  datagram: true,
  payload: Buffer.from("OPTIONS sip:x SIP/2.0\r\n\r\n"),
  correlationId: "a@b",
};
const sender = { captureId: 2001, key: "myHep", node: "bridge-1" };

describe("a message in HEP version 3", () => {
  it("has the chunks of the table", () => {
    expect(decode(encodeHep3(message, sender))).toEqual({
      ...{ family: 2, protocol: 17, from4: "c0000201", to4: "c000020a", fromPort: 5062, toPort: 5060 },
      ...{ seconds: at / 1000 - 0.02, micros: 20_000, type: 1, captureId: 2001, key: "myHep" },
      ...{ payload: "OPTIONS sip:x SIP/2.0\r\n\r\n", correlationId: "a@b", node: "bridge-1" },
    });
  });

  it("names IPv6 and TCP, and leaves out what is not configured", () => {
    const from = { address: "2001:db8::1", port: 5062 };
    const chunks = decode(
      encodeHep3(
        { ...message, from, to: { address: "0.0.0.0", port: 5061 }, datagram: false },
        {
          ...{ captureId: 4_294_967_295, key: "", node: "" },
        },
      ),
    );
    expect(chunks).toMatchObject({
      ...{ family: 10, protocol: 6, from6: "20010db8000000000000000000000001", to6: "0".repeat(32) },
      captureId: 4_294_967_295,
    });
    expect(Object.keys(chunks)).not.toEqual(expect.arrayContaining(["key"]));
    expect(chunks).not.toHaveProperty("node");
  });

  it("fits into a datagram whatever it holds", () => {
    const packet = encodeHep3(
      { ...message, payload: Buffer.alloc(100_000), correlationId: "x".repeat(9000) },
      sender,
    );
    expect(packet.length).toBeLessThan(65_507);
    expect(decode(packet)).toMatchObject({ captureId: 2001 });
  });
});

describe("the export", () => {
  let clock: FakeClock;
  let sent: { readonly data: Uint8Array; readonly to: string; done(error?: Error): void }[];
  let opened: string[];
  let address: string | undefined;
  let hep: HepExport;
  beforeEach(async () => {
    clock = new FakeClock();
    [sent, opened, address] = [[], [], "198.51.100.5"];
    hep = new HepExport({
      ...{ ...sender, host: "homer.example", port: 9060, payloadOf, clock, log: silentLogger },
      resolve: async () => address ?? Promise.reject(new Error("no such name")),
      openSocket(name) {
        opened.push(name);
        return {
          send: (data, port, to, done) =>
            void sent.push({ data, to: `${to}:${port}`, done: (error) => done(error ?? null) }),
          close: () => void opened.push(`closed ${name}`),
        };
      },
    });
    await settle();
  });

  it("sends both directions as they passed, without secrets, with the length that is left", () => {
    hep.take(passing("in", "INVITE", { body: description }));
    hep.take(passing("out", "200 OK", { protocol: "TLS" }));
    const [invite, ok] = sent.map(({ data }) => decode(data));
    expect(sent[0]?.to).toBe("198.51.100.5:9060");
    expect(invite).toMatchObject({ from4: "c0000201", to4: "c000020a", correlationId: "a@b", protocol: 17 });
    expect(ok).toMatchObject({ from4: "c000020a", to4: "c0000201", protocol: 6 });
    const [head = "", body = ""] = String(invite?.["payload"]).split("\r\n\r\n");
    expect(body).toContain("inline:[secret]");
    expect(Number(/^Content-Length: (\d+)/m.exec(head)?.[1])).toBe(body.length);
  });

  it("leaves out what is too much, and counts", () => {
    for (let count = 0; count < 510; count += 1) hep.take(passing("in", "OPTIONS"));
    for (const { done } of sent.splice(0, 9)) done();
    sent.shift()?.done(new Error("unreachable"));
    hep.take(passing("in", "OPTIONS"));
    expect(hep.counters).toEqual({ sent: 9, dropped: 10, failed: 1 });
    expect(sent).toHaveLength(491);
  });

  it("follows the name of its server, and goes on with the address it has while that cannot be looked up", async () => {
    address = undefined;
    await clock.run(300_000);
    hep.take(passing("in", "OPTIONS"));
    address = "198.51.100.6";
    await clock.run(10_000);
    hep.take(passing("in", "OPTIONS"));
    expect(sent.map(({ to }) => to)).toEqual(["198.51.100.5:9060", "198.51.100.6:9060"]);
    expect(opened).toEqual(["198.51.100.5", "closed 198.51.100.5", "198.51.100.6"]);
    hep.close();
    hep.close();
    hep.take(passing("in", "OPTIONS"));
    expect([hep.counters.dropped, clock.pending]).toEqual([1, 0]);
  });
});
