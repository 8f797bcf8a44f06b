// A leg as the control process sees it, on workers in memory.
import { describe, expect, it, vi } from "vitest";
import { type LegId, silentLogger } from "#common";
import { createLeg } from "#media/client";
import { offerText, stats } from "../support/fakes.ts";
import { addresses, follow, turns, usePool } from "../support/worker-pool.ts";

const tone = [{ kind: "tone", name: "join" }] as const;
const on = usePool();

describe("the figures of legs", () => {
  it("that are asked for in one turn come with one request", async () => {
    const { worker, leg } = await on.upWithLeg("a");
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const requests = vi.spyOn(worker, "request");
    const measured: string[] = [];
    leg.events.on("measured", () => measured.push("a"));
    other.events.on("measured", () => measured.push("b"));
    expect(await Promise.all([leg.stats(), other.stats()])).toEqual([stats, stats]);
    expect(requests.mock.calls).toEqual([["legs.stats", { legs: ["a", "b"] }]]);
    expect(measured).toEqual(["a", "b"]);
  });

  it("of a leg that the worker does not have are refused, and cost the others nothing", async () => {
    const { worker, leg } = await on.upWithLeg("a");
    const { leg: gone } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    await worker.request("leg.close", { leg: gone.id });
    const refused = gone.stats().catch((error) => error.code);
    expect(await leg.stats()).toEqual(stats);
    expect(await refused).toBe("NO_SUCH_LEG");
  });
});

describe("a capture", () => {
  const order = { clip: "names/1", patienceMs: 1000, silenceMs: 400, maxMs: 3000 };

  it("is the worker's until it says what became of it", async () => {
    const { leg } = await on.upWithLeg();
    const captured = leg.capture(order);
    await turns();
    expect(on.host.last.engine.asked.at(-1)).toBe("capture a as names/1 for 3000");
    expect(await leg.capture(order), "one at a time").toEqual({ outcome: "failed", durationMs: 0 });
    await leg.finishCapture();
    expect(on.host.last.engine.asked.at(-1)).toBe("finish capture of a");
    on.host.last.notify("leg.captured", { leg: leg.id, outcome: "captured", durationMs: 900 });
    await turns();
    expect(await captured).toEqual({ outcome: "captured", durationMs: 900 });

    const nothing = leg.capture({ ...order, clip: "names/2" });
    await turns();
    on.host.last.notify("leg.captured", { leg: leg.id, outcome: "nothing", durationMs: 0 });
    expect(await nothing).toEqual({ outcome: "nothing", durationMs: 0 });
  });

  it("that the worker refuses has failed", async () => {
    const { leg } = await on.upWithLeg();
    expect(await leg.capture({ ...order, maxMs: 60_000 })).toEqual({ outcome: "failed", durationMs: 0 });
  });

  it("is lost with its worker, and when its leg closes, but not before the worker knows", async () => {
    const { worker, leg } = await on.upWithLeg();
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const ofOther = other.capture(order);
    await turns();
    const { engine } = on.host.last;
    const lastAsked = ofOther.then(() => engine.asked.at(-1));
    await other.close();
    expect(await ofOther).toEqual({ outcome: "lost", durationMs: 0 });
    expect(await lastAsked).toBe("close b");
    const captured = leg.capture(order);
    await turns();
    await on.dieForGood();
    expect(await captured).toEqual({ outcome: "lost", durationMs: 0 });
    expect(await leg.capture(order)).toEqual({ outcome: "lost", durationMs: 0 });
  });
});

describe("a dump", () => {
  const order = { path: "/tmp/a", format: "rtp", maxMs: 3000 } as const;

  it("is the worker's until it says what became of it, one at a time", async () => {
    const { leg } = await on.upWithLeg();
    const { ended } = await leg.dump(order);
    expect(on.host.last.engine.asked.at(-1)).toBe("dump rtp of a for 3000");
    await expect(leg.dump(order)).rejects.toMatchObject({ code: "WRONG_STATE" });
    await leg.stopDump();
    expect(on.host.last.engine.asked.at(-1)).toBe("stop dump of a");
    on.host.last.notify("leg.dumped", { leg: leg.id, outcome: "finished", missing: 2 });
    await turns();
    expect(await ended).toEqual({ outcome: "finished", missing: 2 });

    await expect(leg.dump({ ...order, maxMs: 1e9 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(leg.dump(order)).resolves.toBeDefined();
  });

  it("is whole when its leg has closed, and lost with its worker", async () => {
    const { worker, leg } = await on.upWithLeg();
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const { ended: ofOther } = await other.dump(order);
    await other.close();
    expect(await ofOther).toEqual({ outcome: "finished", missing: 0 });
    const { ended } = await leg.dump(order);
    await on.dieForGood();
    expect(await ended).toEqual({ outcome: "lost", missing: 0 });
    await expect(leg.dump(order)).rejects.toMatchObject({ code: "WORKER_DOWN" });
  });
});

describe("a leg", () => {
  it("is made with its answer, or with an offer of ours", async () => {
    const { worker, sdp } = await on.upWithLeg();
    expect(sdp).toContain("m=audio 30000 RTP/AVP 0\r\n");
    const late = await createLeg(worker, { id: "late" as LegId, offer: null, ...addresses });
    expect(late.sdp).toContain("m=audio 30000 RTP/AVP 107 9 8 0 102 101\r\n");
    await late.leg.answer(offerText(4400));
    expect(on.host.last.engine.plans.get("late" as LegId)?.remote.port).toBe(4400);
    expect(await late.leg.offer()).toContain("m=audio 30000 RTP/AVP 0 107 9 8 101 102\r\n");
    expect(await late.leg.reoffer(offerText(4402, "a=sendonly"))).toContain("a=recvonly");
  });

  it("speaks only the codecs it is given, and offers them in their order", async () => {
    const { worker } = await on.up();
    const codecs = ["PCMU", "G722"] as const;
    const offering = await createLeg(worker, { id: "a" as LegId, offer: null, codecs, ...addresses });
    expect(offering.sdp).toContain("m=audio 30000 RTP/AVP 0 9 101\r\n");
    const onlyAlaw = offerText().replace("RTP/AVP 0", "RTP/AVP 8").replace("0 PCMU", "8 PCMA");
    const answering = createLeg(worker, { id: "b" as LegId, offer: onlyAlaw, codecs, ...addresses });
    await expect(answering).rejects.toMatchObject({ code: "NO_COMMON_CODEC" });
  });

  it("is not made of an offer that cannot be used", async () => {
    const { worker } = await on.up();
    const made = createLeg(worker, { id: "a" as LegId, offer: "nonsense", ...addresses });
    await expect(made).rejects.toMatchObject({ code: "BAD_SDP" });
  });

  it("is closed by the worker when its making took too long", async () => {
    const { worker } = await on.up(1, silentLogger, 60_000);
    const process = on.host.last;
    process.stalled = true;
    const made = createLeg(worker, { id: "a" as LegId, offer: offerText(), ...addresses });
    const outcome = expect(made).rejects.toMatchObject({ code: "WORKER_TIMEOUT" });
    await on.clock.run(4900);
    process.stalled = false;
    await on.clock.run(100);
    await outcome;
    await turns();
    expect(process.engine.asked).toEqual(["close a"]);
  });

  it("hears only what is about itself", async () => {
    const { worker, leg } = await on.upWithLeg("a");
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const [mine, theirs] = [follow(leg), follow(other)];
    on.host.last.notify("leg.dtmf", { leg: leg.id, digit: "5", durationMs: 80, via: "rfc4733" });
    on.host.last.notify("leg.talking", { leg: other.id, talking: true });
    on.host.last.notify("leg.inbound", { leg: leg.id, state: "silent" });
    on.host.last.notify("leg.latched", { leg: leg.id, remote: "192.0.2.1:4000" });
    await turns();
    expect(mine).toEqual([
      { dtmf: { digit: "5" } },
      { inbound: { state: "silent" } },
      { latched: { remote: "192.0.2.1:4000" } },
    ]);
    expect(theirs).toEqual([{ talking: { talking: true } }]);
  });

  it("plays until it was heard, each play with its own end", async () => {
    const { leg } = await on.upWithLeg();
    const first = leg.play(tone, { language: "en", loop: true });
    await turns();
    const second = leg.play(tone, { language: "en" });
    await turns();
    on.host.last.notify("leg.played", { leg: leg.id, play: 1, outcome: "stopped" });
    on.host.last.notify("leg.played", { leg: leg.id, play: 2, outcome: "finished" });
    expect(await Promise.all([first, second])).toEqual(["stopped", "finished"]);
    expect(on.host.last.engine.asked.slice(-2)).toEqual(["play 1 to a 1 looped", "play 2 to a 1 once"]);
  });

  it("closes once, with its last statistics, and ends what plays", async () => {
    const { leg } = await on.upWithLeg();
    const events = follow(leg);
    const play = leg.play(tone, { language: "en" });
    await turns();
    const [one, two] = [leg.close(), leg.close()];
    expect(await one).toEqual(stats);
    expect(await two).toEqual(stats);
    expect(await play).toBe("stopped");
    on.host.last.notify("leg.talking", { leg: leg.id, talking: true });
    await turns();
    expect(events).toEqual([]);
    expect(on.host.last.engine.asked.filter((asked) => asked === "close a")).toHaveLength(1);
    await expect(leg.mute(true)).rejects.toMatchObject({ code: "NO_SUCH_LEG" });
  });
});
