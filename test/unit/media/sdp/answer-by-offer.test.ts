// Answers that do not have our lines in their places, or our numbers without their names (RFC 3264 §6).
import { describe, expect, it } from "vitest";
import {
  createOffer,
  defaultCapabilities,
  planAnswer,
  planFromAnswer,
  type SdpState,
} from "../../../../media/sdp/index.ts";

const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };

const descriptionOf = (...lines: string[]): string =>
  ["v=0", "o=- 1 1 IN IP4 198.51.100.5", "s=-", "c=IN IP4 198.51.100.5", "t=0 0", ...lines, ""].join("\r\n");

function agree(state: SdpState, ...lines: string[]) {
  return planFromAnswer(descriptionOf(...lines), defaultCapabilities, local, state);
}

function plan(state: SdpState, ...lines: string[]) {
  const agreed = agree(state, ...lines);
  if (!agreed.ok) throw new Error(agreed.error.message);
  return agreed.value.plan;
}

/** Our offer in a call whose far end has offered these lines. */
function offerAfter(...lines: string[]): SdpState {
  const answered = planAnswer(descriptionOf(...lines), defaultCapabilities, local);
  if (!answered.ok) throw new Error(answered.error.message);
  return createOffer(defaultCapabilities, local, answered.value.state).state;
}

const first = createOffer(defaultCapabilities, local).state;
const audio = "m=audio 4000 RTP/AVP 8";

describe("an answer whose lines are not in our places", () => {
  const doorStation = ["m=video 4002 RTP/AVP 96", "a=rtpmap:96 H264/90000", "m=audio 4000 RTP/AVP 8"];

  it.each([
    ["leaves out what it refuses", [audio]],
    ["is in another order", [audio, "m=video 0 RTP/AVP 96"]],
  ])("%s: the audio is the audio", (_, lines) => {
    expect(plan(offerAfter(...doorStation), ...lines)).toMatchObject({
      ...{ codec: "PCMA", remote: { port: 4000 } },
      mended: { lines: 1, names: 0 },
    });
  });

  it.each([
    ["m=video 0 RTP/AVP 96", audio],
    ["m=image 0 udptl t38", audio],
    ["m=audio 0 RTP/AVP 0", audio],
  ])("has lines that nobody has offered: %s", (...lines) => {
    expect(plan(first, ...lines)).toMatchObject({ codec: "PCMA", remote: { port: 4000 } });
  });

  it("is as it should be: nothing is put right", () => {
    expect(plan(offerAfter(...doorStation), "m=video 0 RTP/AVP 96", audio).mended).toBeUndefined();
    expect(plan(first, audio).mended).toBeUndefined();
  });

  it.each([[["m=video 4002 RTP/AVP 96"]], [[]], [["m=audio 0 RTP/AVP 8"]]])(
    "has no audio that is accepted: it is refused as before: %s",
    (lines) => {
      expect(agree(first, ...lines).ok).toBe(false);
    },
  );
});

describe("an answer with our numbers and without rtpmap", () => {
  it("means what the offer means by them", () => {
    const agreed = plan(first, "m=audio 4000 RTP/AVP 107 101");
    expect(agreed).toMatchObject({ codec: "opus", payloadType: 107, telephoneEvent: 101 });
    expect(agreed.mended).toEqual({ lines: 2, names: 0 });
  });

  it("means what it says itself where it says something", () => {
    const agreed = plan(first, "m=audio 4000 RTP/AVP 107 8", "a=rtpmap:107 G729/8000");
    expect(agreed.codec).toBe("PCMA");
    expect(agreed.mended).toBeUndefined();
    expect(agree(first, "m=audio 4000 RTP/AVP 111").ok).toBe(false);
  });
});
