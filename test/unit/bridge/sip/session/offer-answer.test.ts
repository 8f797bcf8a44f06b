import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Carrier,
  conclude,
  type Negotiation,
  noNegotiation,
  describe as put,
  rollBackOffer,
  type Side,
} from "../../../../../bridge/sip/session/offer-answer.ts";

/** Plays `us INVITE, them 2xx …` and says what each description was. */
function play(script: string, from: Negotiation = noNegotiation): { said: string[]; end: Negotiation } {
  let state = from;
  const said = script.split(", ").map((line) => {
    const [sender, carrier] = line.split(" ") as [Side, Carrier];
    const step = put(state, sender, carrier);
    if (step.ok) state = step.next;
    return step.ok ? step.meaning : step.violation;
  });
  return { said, end: state };
}

describe("offer and answer", () => {
  it.each([
    ["them INVITE, us 2xx", "agreed"],
    ["us 2xx, them ACK", "agreed"],
    ["them INVITE, us 1xx-reliable", "settled"],
    ["us 1xx-reliable, them PRACK", "settled"],
  ])("%s is an exchange", (script, phase) => {
    expect(play(script)).toEqual({ said: ["offer", "answer"], end: { phase } });
  });

  it.each([
    ["them PRACK, us PRACK-2xx", "settled"],
    ["them UPDATE, us UPDATE-2xx", "settled"],
    ["us UPDATE, them UPDATE-2xx", "settled"],
  ])("%s is one after an early agreement", (script, phase) => {
    expect(play(script, { phase: "settled" })).toEqual({ said: ["offer", "answer"], end: { phase } });
  });

  it("shows the answer early without settling anything", () => {
    expect(play("them INVITE, us 1xx, us 1xx, us 2xx").said).toEqual([
      "offer",
      "preview",
      "preview",
      "answer",
    ]);
  });

  it("may repeat a settled answer up to the 2xx", () => {
    const { said, end } = play("them INVITE, us 1xx-reliable, us 1xx, us 2xx");
    expect(said).toEqual(["offer", "answer", "repeated", "repeated"]);
    expect(end).toEqual({ phase: "agreed" });
    expect(conclude({ phase: "settled" })).toEqual({ phase: "agreed" });
  });

  it("knows glare, haste and nonsense", () => {
    expect(play("us INVITE, them INVITE").said[1]).toBe("glare");
    expect(play("us UPDATE, them UPDATE").said[1]).toBe("glare");
    expect(play("us 2xx, them INVITE").said[1]).toBe("glare");
    expect(play("them INVITE, them UPDATE").said[1]).toBe("too-soon");
    expect(play("them INVITE, us ACK").said[1]).toBe("misplaced");
    expect(play("us ACK").said[0]).toBe("misplaced");
    expect(play("us 1xx").said[0]).toBe("misplaced");
  });

  it("is over with the first reliable answer: what further responses repeat is no offer", () => {
    const { said, end } = play("us INVITE, them 1xx-reliable, them 1xx-reliable, them UPDATE, us UPDATE-2xx");
    expect(said).toEqual(["offer", "answer", "repeated", "offer", "answer"]);
    expect(end).toEqual({ phase: "settled" });
  });

  it("falls back to what was when an offer is refused", () => {
    const agreed: Negotiation = { phase: "agreed" };
    expect(rollBackOffer(play("them INVITE", agreed).end)).toEqual(agreed);
    expect(rollBackOffer(play("us UPDATE", { phase: "settled" }).end)).toEqual({ phase: "settled" });
    expect(rollBackOffer(play("them INVITE").end)).toEqual(noNegotiation);
    expect(rollBackOffer(agreed)).toBe(agreed);
  });

  it("never has more than one offer open, whatever is sent", () => {
    const carriers: Carrier[] = [
      ...(["INVITE", "1xx", "1xx-reliable", "2xx", "ACK"] as const),
      ...(["PRACK", "PRACK-2xx", "UPDATE", "UPDATE-2xx"] as const),
    ];
    const message = fc.tuple(fc.constantFrom<Side>("us", "them"), fc.constantFrom(...carriers));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
        let open = 0;
        let state = noNegotiation;
        for (const [sender, carrier] of messages) {
          const step = put(state, sender, carrier);
          if (!step.ok) continue;
          state = step.next;
          if (step.meaning === "offer") open += 1;
          if (step.meaning === "answer") open -= 1;
          expect(open === 1).toBe(state.phase === "offered");
          expect(open).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
