// The test phone with video proves itself before it proves anything else: two of them see each other, without Parley.
import { afterEach, describe, expect, it } from "vitest";
import { eventually, Phone } from "../support/phone/index.ts";
import { VideoLine, type VideoLineOptions } from "../support/video/index.ts";

const phones: Phone[] = [];
afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.close();
});

type Options = Partial<VideoLineOptions>;

async function connected(ours: Options, theirs: Options = {}) {
  const bob = await Phone.open("bob");
  const alice = await Phone.open("alice", bob.address);
  phones.push(alice, bob);
  const outgoing = await VideoLine.open({ colour: "red", ...ours });
  const incoming = await VideoLine.open({ colour: "blue", ...theirs });
  const call = await alice.call("bob", { video: [outgoing] });
  const accepted = await bob.incoming();
  accepted.accept([incoming]);
  await call.answered();
  return { outgoing, incoming, call, accepted };
}

describe("two test phones with video", () => {
  it.each([
    ["H264", {}],
    ["VP8", { codecs: ["VP8"] }],
    ["H264", { codecs: ["H264"], packetizationMode: 0 }],
  ] satisfies [string, Options][])("see each other's colour in %s %o", async (codec, options) => {
    const { outgoing, incoming } = await connected(options);

    const picture = await outgoing.shows([[0.5, 0.5, "blue"]]);
    await incoming.shows([[0.5, 0.5, "red"]]);

    expect([picture.width, picture.height]).toEqual([320, 180]);
    expect([outgoing.codec, outgoing.receivedCodec, incoming.receivedCodec]).toEqual([codec, codec, codec]);
    await eventually(
      () => outgoing.feedback.senderReports > 0 || undefined,
      () => "sender report",
    );
  });

  it("change their colour and stop", async () => {
    const { outgoing, incoming } = await connected({});
    await incoming.shows([[0.5, 0.5, "red"]]);
    outgoing.colour = "green";
    await incoming.shows([[0.5, 0.5, "green"]]);
    outgoing.sending = false;
    const { frames } = outgoing.sent!;
    await outgoing.shows([[0.5, 0.5, "blue"]]);
    expect(outgoing.sent!.frames).toBe(frames);
  });

  it("answer a request for a key frame with one", async () => {
    const { outgoing, incoming } = await connected({});
    await incoming.shows([[0.5, 0.5, "red"]]);
    const { keyFrames } = incoming.counts;

    incoming.requestKeyFrame();

    await eventually(
      () => incoming.counts.keyFrames > keyFrames || undefined,
      () => "key frame",
    );
    expect(outgoing.feedback.pli).toBeGreaterThan(0);
  });

  it.each([{}, { nack: true }])("see each other again after loss: %o", async (options) => {
    const { outgoing, incoming } = await connected(
      { ...options, kbps: 1500, width: 640, height: 360 },
      options,
    );
    await incoming.shows([[0.5, 0.5, "red"]]);
    outgoing.lossPercent.sent = 20;
    await eventually(
      () => outgoing.counts.lostOnPurpose > 10 || undefined,
      () => "loss",
    );
    outgoing.lossPercent.sent = 0;
    outgoing.colour = "yellow";
    await incoming.shows([[0.5, 0.5, "yellow"]]);

    if (options.nack) expect(outgoing.sent!.sentAgain).toBeGreaterThan(0);
    else expect(outgoing.feedback.pli).toBeGreaterThan(0);
  });

  it("answer video with port 0 without a camera, and a second line with it", async () => {
    const bob = await Phone.open("bob");
    const alice = await Phone.open("alice", bob.address);
    phones.push(alice, bob);
    const lines = [
      await VideoLine.open({ colour: "red" }),
      await VideoLine.open({ colour: "cyan", content: "slides" }),
    ];
    const call = await alice.call("bob", { video: lines });
    (await bob.incoming()).accept([await VideoLine.open({ colour: "blue" })]);
    await call.answered();

    await lines[0]!.shows([[0.5, 0.5, "blue"]]);
    expect([lines[0]!.codec, lines[1]!.codec]).toEqual(["H264", undefined]);
  });
});
