// The ladders of calls: what is kept of whose messages, for how long, without which secrets, and how it is drawn.
import { beforeEach, describe, expect, it } from "vitest";
import { type CallId, newId } from "#common";
import { CallLadders, drawLadder, type LadderEntry } from "#services/call-ladders";
import type { CdrStart } from "#services/call-records";
import { FakeClock } from "#test/support";
import { description, passing } from "./messages.ts";

let clock: FakeClock;
let ladders: CallLadders;

beforeEach(() => {
  clock = new FakeClock();
  ladders = new CallLadders({ clock, maxBytes: 2 ** 20 });
});

const start = (sipCallId: string) => ({ sipCallId }) as CdrStart;
const ended = { by: "remote", status: 200, text: "Hung up" } as const;
const titles = (entries: readonly LadderEntry[] = []) =>
  entries.map((entry) => (entry.kind === "sip" ? `${entry.direction} ${entry.title}` : entry.what));

/** A call whose INVITE has come. */
function call(sipCallId = "a@b"): CallId {
  const id = newId<CallId>();
  ladders.take(passing("in", "INVITE", { callId: sipCallId }));
  ladders.began(id, start(sipCallId));
  return id;
}

describe("the ladder of a call", () => {
  it("has what came before it was known as one, everything until its end, and the answer to its BYE", async () => {
    ladders.take(passing("in", "INVITE"));
    ladders.take(passing("out", "401 Unauthorized"));
    await clock.run(5);
    ladders.take(passing("in", "INVITE", { cseq: "2 INVITE" }));
    const id = newId<CallId>();
    ladders.began(id, start("a@b"));
    ladders.take(passing("out", "200 OK", { cseq: "2 INVITE" }));
    ladders.happened(id, { what: "first_packet", detail: "from 192.0.2.1:4000" });
    ladders.take(passing("in", "BYE", { cseq: "3 BYE" }));
    ladders.ended(id, ended);
    ladders.take(passing("out", "200 OK", { cseq: "3 BYE" }));

    const ladder = ladders.find(id);
    expect(titles(ladder?.entries)).toEqual([
      ...["in INVITE", "out 401 Unauthorized", "in INVITE", "out 200 OK"],
      ...["first_packet", "in BYE", "ended", "out 200 OK"],
    ]);
    expect(ladder).toMatchObject({ callIds: ["a@b"], ended: true, left: 0 });
    expect(ladders.find("a@b")).toBe(ladder);
    expect(ladders.find("b@a")).toBeUndefined();
  });

  it("has the messages of all its Call-IDs, also of an INVITE that went out before the call named it", () => {
    const id = newId<CallId>();
    ladders.began(id, start(""));
    ladders.take(passing("out", "INVITE", { callId: "one" }));
    ladders.named(id, "one");
    ladders.named(id, "two");
    ladders.take(passing("out", "INVITE", { callId: "two" }));
    ladders.take(passing("in", "486 Busy Here", { callId: "one" }));
    expect(titles(ladders.find(id)?.entries)).toEqual(["out INVITE", "out INVITE", "in 486 Busy Here"]);
  });

  it("counts keys, and names none", () => {
    const id = call();
    for (const _ of "1234") ladders.happened(id, { what: "keys", detail: "" });
    ladders.happened(id, { what: "joined", detail: "the room 8000" });
    ladders.happened(id, { what: "keys", detail: "" });
    expect(ladders.find(id)?.entries.slice(1)).toMatchObject([
      { what: "keys", count: 4 },
      { what: "joined", count: 1 },
      { what: "keys", count: 1 },
    ]);
  });

  it("has neither credentials, keys, tokens nor digits of a PIN", () => {
    const id = call();
    ladders.take(
      passing("in", "INVITE", {
        headers: ['Authorization: Digest username="ada", response="0123456789abcdef"', "X: 1"],
        body: description,
      }),
    );
    ladders.take(passing("in", "UPDATE", { headers: ["Proxy-Authorization: Bearer eyJ0b2tlbg"] }));
    ladders.take(passing("in", "INFO", { type: "application/dtmf-relay", body: "Signal=7\r\nDuration=160" }));
    ladders.take(
      passing("in", "INFO", {
        type: "multipart/mixed;boundary=b",
        body: "--b\r\nContent-Type: application/dtmf\r\n\r\n4711\r\n--b--",
      }),
    );
    const all = JSON.stringify(ladders.find(id));
    expect(all).not.toMatch(/0123456789abcdef|c2VjcmV0|eyJ0b2tlbg|Signal=7|4711/);
    expect(all).toContain('username=\\"ada\\"');
  });

  it("is bounded: what is too much is left out behind its beginning", () => {
    const id = call();
    const body = "x".repeat(5000);
    for (let count = 0; count < 100; count += 1) {
      ladders.take(passing("in", "MESSAGE", { cseq: `${count} MESSAGE`, type: "text/plain", body }));
    }
    const { entries, left } = ladders.find(id)!;
    expect(left).toBeGreaterThan(50);
    expect(entries.length + left).toBe(101);
    expect(entries.slice(0, 3)).toMatchObject([
      { title: "INVITE" },
      { cseq: "0 MESSAGE" },
      { cseq: "1 MESSAGE" },
    ]);
    expect(entries.at(-1)).toMatchObject({ cseq: "99 MESSAGE" });
    expect(ladders.state.bytes).toBeLessThan(270_000);
  });

  it("is forgotten when there is no room: the calls that ended first, then those that last", () => {
    const body = "x".repeat(4000);
    const [first, second] = [call("1"), call("2")];
    ladders.ended(first, ended);
    const last = Array.from({ length: 150 }, (_, index) => {
      const id = call(`more-${index}`);
      ladders.take(passing("in", "MESSAGE", { callId: `more-${index}`, type: "text/plain", body }));
      return id;
    }).at(-1)!;
    expect([ladders.find(first), ladders.find("1"), ladders.find(second)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(titles(ladders.find(last)?.entries)).toEqual(["in INVITE", "in MESSAGE"]);
    expect(ladders.state.bytes).toBeLessThanOrEqual(2 ** 20);
  });

  it("is pushed out by no flood of INVITEs, and keeps nothing of what is no INVITE of a call", () => {
    const id = call();
    for (let count = 0; count < 2000; count += 1) {
      ladders.take(passing("in", "INVITE", { callId: `flood-${count}`, from: "198.51.100.9" }));
      ladders.take(passing("in", "OPTIONS", { callId: `ping-${count}` }));
    }
    expect(ladders.state).toMatchObject({ live: 1, recent: 0 });
    expect(titles(ladders.find(id)?.entries)).toEqual(["in INVITE"]);
    const flooded = newId<CallId>();
    ladders.began(flooded, start("flood-1999"));
    expect(titles(ladders.find(flooded)?.entries)).toEqual([]);
  });

  it("is not kept at all where no memory is given for it", () => {
    ladders = new CallLadders({ clock, maxBytes: 0 });
    const id = call();
    ladders.ended(id, ended);
    expect([ladders.find(id), ladders.state]).toEqual([undefined, { live: 0, recent: 0, bytes: 0 }]);
  });
});

describe("a ladder as text", () => {
  it("has an arrow for each message, what its description says, and what happened beside", async () => {
    ladders.take(passing("in", "INVITE", { body: description }));
    const id = newId<CallId>();
    ladders.began(id, start("a@b"));
    await clock.run(1500);
    ladders.take(passing("out", "180 Ringing"));
    ladders.happened(id, { what: "keys", detail: "" });
    ladders.happened(id, { what: "keys", detail: "" });
    ladders.take(passing("in", "BYE", { protocol: "TLS" }));
    ladders.ended(id, { ...ended, text: "Hung\u001b[2J up" });
    expect(drawLadder(ladders.find(id)!)).toBe(
      [
        "# Call-ID a@b; over; began 2026-01-01T00:00:00.000Z",
        "# far end 1: UDP 192.0.2.1:5062",
        "# far end 2: TLS 192.0.2.1:5062",
        "",
        "             far end                                                    bridge",
        "    +0.000 s |- INVITE [1] ---------------------------------------------->|",
        "             |   audio SRTP PCMU telephone-event 192.0.2.7:40012 sendonly; video refused",
        "    +1.500 s |< 180 Ringing (INVITE) [1] ---------------------------------|",
        "    +1.500 s |   * keys pressed ×2",
        "    +1.500 s |- BYE [2] ------------------------------------------------->|",
        "    +1.500 s |   * ended: by remote: 200 Hung\\x1b[2J up",
        "",
      ].join("\n"),
    );
  });
});
