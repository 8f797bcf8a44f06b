import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Headers, type SipRequest } from "../../../../../bridge/sip/message/message.ts";
import {
  agreeAsClient,
  agreeAsServer,
  answerHeaders,
  demandedSeconds,
  isIntervalTooShort,
  requestHeaders,
  SessionTimer,
  type TimerAgreement,
} from "../../../../../bridge/sip/session/session-timer.ts";
import { bridgeSdp, World } from "./world.ts";

/** Agreed on by nobody else. */
const own = { intervalSeconds: 1800, refresher: "us", unilateral: true };

const settings = { intervalSeconds: 1800, minSeconds: 90 };

function headers(lines: Record<string, string>): Headers {
  const list = new Headers();
  for (const [name, value] of Object.entries(lines)) list.append(name, value);
  return list;
}

describe("what is agreed about refreshes", () => {
  it.each([
    [
      "the caller wants to refresh",
      { Supported: "timer", "Session-Expires": "600;refresher=uac" },
      600,
      "them",
    ],
    ["the caller wants us to", { Supported: "timer", "Session-Expires": "600;refresher=uas" }, 600, "us"],
    ["the caller leaves it open", { Supported: "timer", "Session-Expires": "600" }, 600, "us"],
    ["the caller asks for more than we like", { Supported: "timer", "Session-Expires": "7200" }, 1800, "us"],
    ["but not under its minimum", { "Session-Expires": "7200", "Min-SE": "3600" }, 3600, "us"],
    ["nonsense", { Supported: "timer", "Session-Expires": "soon" }, 1800, "us"],
    ["an absurd interval", { Supported: "timer", "Session-Expires": "4294967295" }, 1800, "us"],
  ] as const)("%s", (_, lines, intervalSeconds, refresher) => {
    expect(agreeAsServer(headers(lines), settings)).toEqual({ intervalSeconds, refresher });
  });

  it.each([
    ["the caller knows no timers", {}],
    ["a proxy asked for too little", { "Session-Expires": "30;refresher=uac" }],
  ])("is our wish alone where %s", (_, lines) => {
    expect(agreeAsServer(headers(lines), settings)).toEqual(own);
  });

  it("goes along without a wish of our own", () => {
    const quiet = { intervalSeconds: 0, minSeconds: 90 };
    expect(agreeAsServer(headers({}), quiet)).toBeUndefined();
    expect(agreeAsServer(headers({ "Session-Expires": "4294967295" }), quiet)?.intervalSeconds).toBe(86_400);
    expect(answerHeaders(undefined)).toEqual([]);
  });

  it("refuses what is too short only from who can understand the refusal", () => {
    expect(isIntervalTooShort(headers({ Supported: "timer", "Session-Expires": "60" }), settings)).toBe(true);
    expect(isIntervalTooShort(headers({ "Session-Expires": "60" }), settings)).toBe(false);
    expect(isIntervalTooShort(headers({ Supported: "timer", "Session-Expires": "90" }), settings)).toBe(
      false,
    );
  });

  it("is told in the answer, with Require when the peer must act", () => {
    expect(answerHeaders({ intervalSeconds: 600, refresher: "them" })).toEqual([
      ["Session-Expires", "600;refresher=uac"],
      ["Require", "timer"],
    ]);
    expect(answerHeaders({ intervalSeconds: 600, refresher: "us" })).toEqual([
      ["Session-Expires", "600;refresher=uas"],
    ]);
  });

  it("keeps the roles in our own requests", () => {
    const [expires] = requestHeaders(settings, { intervalSeconds: 600, refresher: "them" });
    expect(expires).toEqual(["Session-Expires", "600;refresher=uas"]);
    expect(agreeAsClient(headers({ "Session-Expires": "600;refresher=uas" }), settings)?.refresher).toBe(
      "them",
    );
    expect(agreeAsClient(headers({}), settings)).toEqual(own);
  });
});

describe("the floor of 90 s (RFC 4028 §5)", () => {
  it.each([
    ["89", own],
    ["90", { intervalSeconds: 90, refresher: "them" }],
    ["91", { intervalSeconds: 91, refresher: "them" }],
  ] as const)("a 2xx that grants %s s", (seconds, agreement) => {
    const response = headers({ "Session-Expires": `${seconds};refresher=uas` });
    expect(agreeAsClient(response, settings)).toEqual(agreement);
  });

  it.each([
    ["89;refresher=uac", 89],
    ["60", 60],
    ["10;refresher=uac", 30],
  ])(
    "a 2xx that grants less and waits for refreshes of ours has them in time: %s",
    (value, intervalSeconds) => {
      const agreement = agreeAsClient(headers({ "Session-Expires": value }), settings);
      expect(agreement).toEqual({ intervalSeconds, refresher: "us" });
      // What we ask for stays as long as anybody may ask for.
      expect(new Map(requestHeaders(settings, agreement)).get("Session-Expires")).toBe("90;refresher=uac");
    },
  );

  it.each([
    [30, undefined, "90"],
    [90, undefined, "90"],
    [120, undefined, "120"],
    [30, 89, "90"],
    [30, 91, "91"],
  ] as const)("our Min-SE with a minimum of %s s and %s s demanded", (minSeconds, demanded, minSe) => {
    const lines = requestHeaders({ intervalSeconds: 1800, minSeconds }, undefined, demanded);
    expect(new Map(lines).get("Min-SE")).toBe(minSe);
  });

  it.each([
    ["60", undefined],
    ["90", undefined],
    ["91", 91],
    ["soon", undefined],
    [undefined, undefined],
  ] as const)("a 422 with Min-SE %s", (minSe, demanded) => {
    expect(demandedSeconds(headers(minSe === undefined ? {} : { "Min-SE": minSe }))).toBe(demanded);
  });
});

describe("the timer by itself (RFC 4028 §10)", () => {
  function started(agreement: TimerAgreement) {
    const clock = new FakeClock();
    const fired: (readonly [what: string, second: number])[] = [];
    const note = (what: string) => () => void fired.push([what, clock.monotonic() / 1000]);
    const timer = new SessionTimer(clock, { refresh: note("refresh"), expire: note("expire") });
    timer.restart(agreement);
    return { clock, fired, timer };
  }

  it.each([
    [1800, 900, 1768],
    [96, 48, 64],
    [90, 45, 60],
  ])("of %i s asks us for a refresh after %i s, and is over after %i s", (intervalSeconds, half, end) => {
    const { clock, fired, timer } = started({ intervalSeconds, refresher: "us" });
    clock.advance(2 * intervalSeconds * 1000);
    expect(fired).toEqual([
      ["refresh", half],
      ["expire", end],
    ]);
    expect([timer.agreement?.intervalSeconds, clock.pending]).toEqual([intervalSeconds, 0]);
  });

  it("asks for nothing while the peer refreshes, and begins again with each refresh", () => {
    const { clock, fired, timer } = started({ intervalSeconds: 90, refresher: "them" });
    clock.advance(59_999);
    timer.restart({ intervalSeconds: 90, refresher: "them" });
    clock.advance(59_999);
    expect(fired).toEqual([]);
    clock.advance(1);
    expect(fired).toEqual([["expire", 119.999]]);
  });

  it("asks again half-way to the end after a refusal, as long as more than 10 s are left", () => {
    const { clock, fired, timer } = started({ intervalSeconds: 1800, refresher: "us" });
    clock.advance(900_000);
    timer.retry();
    clock.advance(434_000);
    expect(fired).toEqual([
      ["refresh", 900],
      ["refresh", 1334],
    ]);
    clock.advance(1758_000 - clock.monotonic());
    timer.retry();
    clock.advance(9999);
    expect(fired.length).toBe(2);
    clock.advance(1);
    expect(fired.at(-1)).toEqual(["expire", 1768]);
  });

  it("is without timers once it was stopped, and where there is no agreement", () => {
    const { clock, fired, timer } = started({ intervalSeconds: 1800, refresher: "us" });
    timer.stop();
    expect(clock.pending).toBe(0);
    timer.restart(undefined);
    timer.retry();
    expect([clock.pending, fired, timer.agreement]).toEqual([0, [], undefined]);
  });
});

describe("the session timer of a call", () => {
  const timed = { sessionTimer: settings };

  it("refreshes by UPDATE at half the interval where the phone allows it", async () => {
    const world = await World.open(timed);
    const { session } = await world.call({
      headers: [
        ["Supported", "timer"],
        ["Session-Expires", "600;refresher=uas"],
        ["Allow", "UPDATE"],
      ],
    });
    expect(world.phone.last("INVITE").headers.get("Session-Expires")).toBe("600;refresher=uas");
    world.phone.onRequest = (request) =>
      world.phone.reply(request, 200, { headers: [["Session-Expires", "600;refresher=uac"]] });
    await world.clock.run(300_000);
    const update = world.phone.lastRequest("UPDATE");
    expect(update.headers.get("Session-Expires")).toBe("600;refresher=uac");
    expect(update.headers.get("Contact")).toBe("<sip:700@10.0.0.1:5060>");
    expect(update.body).toHaveLength(0);
    await world.clock.run(700_000);
    expect(world.phone.requests("UPDATE")).toHaveLength(3);
    expect(session.ended).toBe(false);
    expect(await world.close()).toBe(0);
  });

  it("refreshes by re-INVITE where it does not", async () => {
    const world = await World.open(timed);
    const { session } = await world.call();
    world.phone.onRequest = (request) => {
      if (request.method !== "ACK") world.phone.reply(request, 200, { sdp: "v=0\r\n" });
    };
    await world.clock.run(901_000);
    expect(world.phone.requests("INVITE")).toHaveLength(1);
    expect(session.ended).toBe(false);
    expect(await world.close()).toBe(0);
  });

  it("turns to re-INVITE when UPDATE is refused, and to a longer interval on 422", async () => {
    const world = await World.open(timed);
    await world.call({
      headers: [
        ["Allow", "UPDATE"],
        ["Supported", "timer"],
      ],
    });
    const seen: string[] = [];
    world.phone.onRequest = (request: SipRequest) => {
      seen.push(`${request.method} ${request.headers.get("Session-Expires")}`);
      if (request.method === "UPDATE") world.phone.reply(request, 405);
      else if (request.headers.get("Session-Expires")?.startsWith("1800")) {
        world.phone.reply(request, 422, { headers: [["Min-SE", "3600"]] });
      } else if (request.method !== "ACK") world.phone.reply(request, 200, { sdp: "v=0\r\n" });
    };
    await world.clock.run(1_700_000);
    expect(seen.filter((line) => !line.startsWith("ACK"))).toEqual([
      "UPDATE 1800;refresher=uac",
      "INVITE 1800;refresher=uac",
      "INVITE 3600;refresher=uac",
    ]);
    expect(await world.close()).toBe(0);
  });

  it("ends the call when the phone, whose turn it is, does not refresh", async () => {
    const world = await World.open(timed);
    const { ends } = await world.call({
      headers: [
        ["Supported", "timer"],
        ["Session-Expires", "90;refresher=uac"],
      ],
    });
    expect(world.phone.last("INVITE").headers.get("Require")).toBe("timer");
    await world.clock.run(59_000);
    expect(ends).toHaveLength(0);
    await world.clock.run(2000);
    expect(ends).toEqual([{ by: "failure", cause: { status: 408, text: "Session timer expired" } }]);
    expect(world.phone.lastRequest("BYE").headers.get("Reason")).toBe(
      'SIP;cause=408;text="Session timer expired"',
    );
    expect(await world.close()).toBe(0);
  });

  it("goes on when the phone refreshes in time", async () => {
    const world = await World.open(timed);
    const timer: [string, string][] = [
      ["Supported", "timer"],
      ["Session-Expires", "90;refresher=uac"],
    ];
    const { ends } = await world.call({ headers: timer });
    for (let minute = 0; minute < 5; minute += 1) {
      await world.clock.run(45_000);
      world.phone.request("UPDATE", { headers: timer });
      await world.travel();
      expect(world.phone.last("UPDATE").headers.get("Session-Expires")).toBe("90;refresher=uac");
    }
    expect(ends).toHaveLength(0);
    expect(await world.close()).toBe(0);
  });

  it.each([
    ["UPDATE", 500],
    ["re-INVITE", 403],
    ["re-INVITE", 488],
  ])("goes on where a peer without timers refuses each %s with %i", async (kind, status) => {
    const world = await World.open(timed);
    const { ends } = await world.call(kind === "UPDATE" ? { headers: [["Allow", "UPDATE"]] } : {});
    let refused = 0;
    world.phone.onRequest = (request) => {
      if (request.method === "ACK") return;
      refused += 1;
      world.phone.reply(request, status);
    };
    await world.clock.run(7_200_000);
    expect([ends, refused]).toEqual([[], 8]);
    expect(await world.close()).toBe(0);
  });

  it("ends the call where a peer that agreed to a timer refuses each refresh", async () => {
    const world = await World.open(timed);
    const { ends } = await world.call({ headers: [["Supported", "timer"]] });
    world.phone.onRequest = (request) => {
      if (request.method !== "ACK") world.phone.reply(request, request.method === "BYE" ? 200 : 403);
    };
    await world.clock.run(1_800_000);
    expect(ends).toEqual([{ by: "failure", cause: { status: 408, text: "Session timer expired" } }]);
    expect(await world.close()).toBe(0);
  });

  it("ends the call when our refresh gets no answer", async () => {
    const world = await World.open(timed);
    const { ends } = await world.call({ headers: [["Allow", "UPDATE"]] });
    await world.clock.run(940_000);
    expect(ends[0]).toMatchObject({ by: "failure", cause: { status: 408 } });
    expect(await world.close()).toBe(0);
  });

  it.each(["INVITE", "UPDATE", "re-INVITE"] as const)(
    "answers 422 to a %s with less than 90 s",
    async (kind) => {
      const world = await World.open(timed);
      const asking = (seconds: number) => ({
        headers: [
          ["Supported", "timer"],
          ["Session-Expires", String(seconds)],
        ] as const,
      });
      if (kind !== "INVITE") await world.call();
      const method = kind === "UPDATE" ? "UPDATE" : "INVITE";
      const request = (seconds: number) =>
        method === "UPDATE"
          ? world.phone.request("UPDATE", asking(seconds))
          : world.phone.invite(asking(seconds));

      const refused = request(89);
      await world.travel();
      expect(world.phone.last(method).status).toBe(422);
      expect(world.phone.last(method).headers.get("Min-SE")).toBe("90");
      if (method === "INVITE") world.phone.ackRefusal(refused);

      const accepted = request(90);
      await world.travel();
      if (kind === "INVITE") void world.invitation.accept(bridgeSdp).catch(() => {});
      await world.travel();
      expect(world.phone.last(method).status).toBe(200);
      expect(world.phone.last(method).headers.get("Session-Expires")).toBe("90;refresher=uas");
      if (kind === "re-INVITE") world.phone.ack(accepted);
      expect(await world.close()).toBe(0);
    },
  );
});
