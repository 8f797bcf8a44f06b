// The table of server transactions: what belongs together, and how the room in it is shared among sources.
import { beforeEach, describe, expect, it } from "vitest";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { serverKeys } from "../../../../../bridge/sip/transaction/matching.ts";
import type { Server } from "../../../../../bridge/sip/transaction/server.ts";
import { ServerTransactions } from "../../../../../bridge/sip/transaction/server-table.ts";
import { type RequestParts, request } from "../requests.ts";

const limit = 90;
let table: ServerTransactions;
let made: number;

const serverOf = (of: SipRequest, address: string): Server =>
  ({
    id: serverKeys(of)[0],
    request: of,
    flow: { remote: { address, port: 5060 } },
    awaits: () => true,
  }) as unknown as Server;

function open(address: string, parts: RequestParts = {}): Server {
  made += 1;
  const server = serverOf(
    request("INVITE", { branch: `z9hG4bK${made}`, callId: `call-${made}`, host: "192.0.2.1", ...parts }),
    address,
  );
  table.add(server);
  return server;
}

/** Opens as many of one address as find room. */
function fill(address: string): number {
  let count = 0;
  for (; table.hasRoomFor(address); count += 1) open(address);
  return count;
}

beforeEach(() => {
  table = new ServerTransactions(limit);
  made = 0;
});

describe("the room in the table", () => {
  it("is four fifths for a source that is alone, and a further one still finds some", () => {
    expect(fill("192.0.2.1")).toBe(72);
    expect(fill("192.0.2.2")).toBe(15);
    expect(table.hasRoomFor("192.0.2.3")).toBe(true);
    expect(table.size).toBeLessThan(limit);
  });

  it("is counted for a whole /64 of IPv6 and again free when a transaction ends", () => {
    const first = open("2001:db8:1:2::1");
    while (table.hasRoomFor("2001:db8:1:2::2")) open("2001:db8:1:2:ffff::3");
    expect(table.hasRoomFor("2001:db8:1:3::1")).toBe(true);
    table.remove(first);
    expect(table.hasRoomFor("2001:db8:1:2::9")).toBe(true);
  });

  it("is given back once, however often a transaction is removed", () => {
    const first = open("192.0.2.1");
    const count = fill("192.0.2.1");
    table.remove(first);
    table.remove(first);
    expect(fill("192.0.2.1")).toBe(1);
    expect(table.size).toBe(count + 1);
  });

  it("is all there after the table was cleared", () => {
    fill("192.0.2.1");
    table.clear();
    expect([table.size, fill("192.0.2.1")]).toEqual([0, 72]);
  });
});

describe("a request", () => {
  it("is found again by its branch, as are its ACK and its CANCEL", () => {
    const server = open("192.0.2.1", { branch: "z9hG4bKmine", callId: "c" });
    for (const method of ["INVITE", "ACK", "CANCEL"]) {
      expect(table.find(request(method, { branch: "z9hG4bKmine", callId: "c" })), method).toBe(server);
    }
    expect(table.find(request("BYE", { branch: "z9hG4bKmine", callId: "c" }))).toBeUndefined();
    table.remove(server);
    expect(table.find(request("INVITE", { branch: "z9hG4bKmine", callId: "c" }))).toBeUndefined();
  });

  it("that came by another path is merged, unless it is inside a dialog or the first is over", () => {
    const server = open("192.0.2.1", { callId: "forked" });
    expect(table.merges(request("INVITE", { callId: "forked", branch: "z9hG4bKother" }))).toBe(true);
    expect(table.merges(request("INVITE", { callId: "forked", branch: "z9hG4bKother", toTag: "t" }))).toBe(
      false,
    );
    expect(table.merges(request("INVITE", { callId: "forked", branch: "z9hG4bKother", cseq: 2 }))).toBe(
      false,
    );
    table.remove(server);
    expect(table.merges(request("INVITE", { callId: "forked", branch: "z9hG4bKother" }))).toBe(false);
  });
});
