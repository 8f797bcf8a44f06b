// The legs of a call, one after the other.
import { describe, expect, it } from "vitest";
import { type LegId, silentLogger } from "#common";
import { createVoice } from "#conference/speech";
import { FakeLeg, FakeWorker } from "#test/support";
import { CallMedia } from "../../../../../bridge/conference/calls/call-media.ts";

const legOn = (worker = new FakeWorker(0)) => new FakeLeg("leg" as LegId, worker);

describe("the legs of a call", () => {
  function media() {
    const events: string[] = [];
    const made = new CallMedia({
      ...{ voice: createVoice(), log: silentLogger, language: () => "en" },
      onLeg() {},
      onLost: () => void events.push("lost"),
      onMoved: () => void events.push("moved"),
      onFailed: (why) => void events.push(`failed: ${why}`),
      onMeasured: () => void events.push("measured"),
      onKey: (digit) => void events.push(`key ${digit}`),
      onSilent: (silentMs) => void events.push(`silent ${silentMs}`),
      onOccurrence() {},
    });
    return { events, made };
  }

  it("tell the call until another one is in use, or the call has ended", () => {
    const { events, made } = media();
    const [first, second] = [legOn(), legOn()];
    made.use(first);
    first.events.emit("dtmf", { digit: "1" });
    made.use(second);
    first.events.emit("dtmf", { digit: "2" });
    second.events.emit("dtmf", { digit: "3" });
    made.stopListening();
    second.events.emit("dtmf", { digit: "4" });
    expect(events).toEqual(["key 1", "key 3"]);
  });

  it("are negotiated about when proposed, and no more when withdrawn", () => {
    const { made } = media();
    const [present, proposed] = [legOn(), legOn()];
    made.use(present);
    made.propose(proposed);
    expect(made.negotiating).toBe(proposed);
    made.withdraw(proposed);
    expect(made.negotiating).toBe(present);
  });

  it("keep the listening volume, and are closed with the call", async () => {
    const { made } = media();
    const [first, second, proposed] = [legOn(), legOn(), legOn()];
    made.use(first);
    await made.listen(8);
    made.use(second);
    made.propose(proposed);
    await made.close();
    expect(made.listenDb).toBe(8);
    expect([first.closed, second.closed, proposed.closed]).toEqual([false, true, true]);
  });
});
