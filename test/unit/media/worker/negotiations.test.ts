// Offer and answer of the legs of a worker, and what is told of them in the meantime.
import { beforeEach, describe, expect, it } from "vitest";
import { type LegId, silentLogger } from "#common";
import { Negotiations } from "../../../../media/worker/negotiations.ts";
import { FakeEngine, noHostNames, offerText, stats } from "../support/fakes.ts";

const leg = "a" as LegId;
const create = { leg, offer: offerText(), bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };

let engine: FakeEngine;
let told: string[];
let now = 1000;
let legs: Negotiations;

const make = (dtlsFingerprint?: string) =>
  new Negotiations(engine, {
    dtlsFingerprint,
    ...{ log: silentLogger, newSessionId: () => "7", hostNames: noHostNames, machineTime: () => now },
    listener: {
      created: (id) => told.push(`${id} created`),
      agreed: (id) => told.push(`${id} agreed`),
      closed: (id) => told.push(`${id} closed`),
    },
  });

beforeEach(() => {
  engine = new FakeEngine();
  told = [];
  legs = make();
});

const failing = (promise: Promise<unknown>) => promise.catch(({ code }: { readonly code: string }) => code);

describe("a leg", () => {
  it("is told of before the engine may tell of it, and when something is agreed", async () => {
    engine.during.configure = () => told.push("configured");
    await legs.create(create);
    await legs.takeOffer({ leg, offer: offerText(4002) });
    expect(told).toEqual(["a created", "configured", "a agreed", "configured", "a agreed"]);
    expect(engine.plans.get(leg)?.remote.port).toBe(4002);
  });

  it("agrees on nothing while our offer is open", async () => {
    await legs.create({ ...create, offer: null });
    expect(told).toEqual(["a created"]);
    await legs.takeAnswer({ leg, answer: offerText(4200) });
    expect(told).toEqual(["a created", "a agreed"]);
    expect(await failing(legs.takeAnswer({ leg, answer: offerText(4200) }))).toBe("WRONG_STATE");
  });

  it("is there until it is closed, and leaves nothing when it cannot be made", async () => {
    expect(await failing(legs.create({ ...create, offer: "nonsense" }))).toBe("BAD_SDP");
    expect([told, legs.size, engine.legs.size]).toEqual([["a created", "a closed"], 0, 0]);
    await legs.create(create);
    expect(await failing(legs.create(create))).toBe("WRONG_STATE");
    expect([[...legs.ids], legs.has(leg)]).toEqual([[leg], true]);
    expect(await legs.close(leg)).toEqual(stats);
    expect([legs.size, engine.legs.size, told.at(-1)]).toEqual([0, 0, "a closed"]);
    expect(await failing(legs.offer({ leg }))).toBe("NO_SUCH_LEG");
  });
});

describe("what is told for a successor", () => {
  it("makes the same leg in another process, with the answer to an offer still to come", async () => {
    const { state } = await legs.create({ ...create, offer: null });
    [engine, told] = [new FakeEngine(), []];
    const next = make();
    expect(await next.restore({ leg, state })).toMatchObject({ moved: false });
    expect(told).toEqual(["a created"]);
    const { state: agreed } = await next.takeAnswer({ leg, answer: offerText(4200) });

    engine = new FakeEngine();
    engine.portsHeld = true;
    expect(await make().restore({ leg, state: agreed })).toMatchObject({ moved: true });
    expect(engine.plans.get(leg)?.remote.port).toBe(4200);
  });

  it("restarts ICE where the port is another one, and only there (RFC 8839 §4.4.1.1.1)", async () => {
    const fingerprint = Array(32).fill("AB").join(":");
    const description = (...lines: string[]) =>
      [
        ...["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"],
        ...["m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtcp-mux"],
        ...["a=ice-ufrag:them", "a=ice-pwd:abcdefghijklmnopqrstuvwx", `a=fingerprint:sha-256 ${fingerprint}`],
        ...[...lines, ""],
      ].join("\r\n");
    const iceOf = (sdp: string) => [/^a=ice-ufrag:(.*)$/m.exec(sdp)?.[1], /^a=ice-pwd:(.*)$/m.exec(sdp)?.[1]];
    const dtlsFingerprint = Array(32).fill("CD").join(":");
    const first = make(dtlsFingerprint);
    const { sdp, state } = await first.create({ ...create, offer: description("a=setup:actpass") });
    const successor = async (portsHeld: boolean) => {
      engine = new FakeEngine();
      engine.portsHeld = portsHeld;
      const next = make(dtlsFingerprint);
      const { moved } = await next.restore({ leg, state });
      const offered = await next.offer({ leg });
      const { local } = engine.plans.get(leg)!.dtls!.ice!;
      expect(iceOf(offered.sdp).map((each) => each?.trim())).toEqual([local.name, local.password]);
      expect(engine.plans.get(leg)!.dtls!.ice!.remote.name).toBe("them");
      return { moved, ice: iceOf(offered.sdp) };
    };

    expect(await successor(false)).toEqual({ moved: false, ice: iceOf(sdp) });
    const moved = await successor(true);
    expect(moved.moved).toBe(true);
    expect(moved.ice[0]).not.toBe(iceOf(sdp)[0]);
    expect(moved.ice[1]).not.toBe(iceOf(sdp)[1]);
  });

  it("is refused when it cannot be read", async () => {
    expect(await failing(legs.restore({ leg, state: "nonsense" }))).toBe("BAD_REQUEST");
    expect([told, engine.legs.size]).toEqual([[], 0]);
  });

  it("has the checkpoint of the engine once something is agreed", async () => {
    const checkpoint = { out: { sequence: 7, timestamp: 9 } };
    engine.legCheckpoint = () => checkpoint as never;
    await legs.create({ ...create, offer: null });
    expect([legs.checkpointOf(leg), legs.checkpointOf("gone" as LegId)]).toEqual([undefined, undefined]);
    await legs.takeAnswer({ leg, answer: offerText() });
    expect(JSON.parse(legs.checkpointOf(leg)!)).toEqual({ ...checkpoint, at: now });
  });

  it("has an age in the next process: from when the leg was there, not from when that was told", async () => {
    const checkpoint = { out: { sequence: 7, timestamp: 9 } };
    engine.legCheckpoint = () => checkpoint as never;
    const { state } = await legs.create(create);
    const ages: (number | undefined)[] = [];
    for (const [told, passed] of [
      [undefined, 1500],
      [legs.checkpointOf(leg), 700],
    ] as const) {
      now += passed;
      engine = new FakeEngine();
      await make().restore({ leg, state, ...(told !== undefined && { checkpoint: told }) });
      ages.push(engine.resumed.get(leg)?.ageMs);
    }
    expect(ages).toEqual([1500, 2200]);
  });
});
