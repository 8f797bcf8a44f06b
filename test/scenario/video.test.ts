// Video rooms as phones see them: whose colour is in which cell of the one picture, in H.264 and in VP8.
import { describe, expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { type Spot, VideoLine } from "../support/video/index.ts";
import { newExtension, useParley } from "./use-parley.ts";
import { spots, VideoRoom } from "./video-room.ts";

const parley = useParley();

describe("the picture", () => {
  it("is the same for phones with H.264, in either packetization mode, and with VP8", async () => {
    const room = await VideoRoom.open(parley(), 3);
    const red = await room.join("red", { codecs: ["H264"] });
    const green = await room.join("green", { codecs: ["VP8"] });
    const blue = await room.join("blue", { codecs: ["H264"], packetizationMode: 0 });

    const expected = spots(3, "red", "green", "blue");
    const pictures = await Promise.all([red, green, blue].map(({ video }) => video.shows(expected)));

    expect(pictures.map(({ width, height }) => [width, height])).toEqual(
      [640, 640, 640].map((width) => [width, 360]),
    );
    expect([red, green, blue].map(({ video }) => video.receivedCodec)).toEqual(["H264", "VP8", "H264"]);
  });

  it("is offered to a phone whose INVITE has no description", async () => {
    const room = await VideoRoom.open(parley(), 2);
    const red = await room.join("red");
    const green = await room.join("green", {}, { offer: "late" });

    await Promise.all([red, green].map(({ video }) => video.shows(spots(2, "red", "green"))));
  });

  it("is encrypted for a phone whose lines are", async () => {
    const room = await VideoRoom.open(parley(), 2);
    const red = await room.join("red", { srtp: true, codecs: ["VP8"] }, { srtp: "required" });
    const green = await room.join("green");

    await Promise.all([red, green].map(({ video }) => video.shows(spots(2, "red", "green"))));
    const { keyFrames } = red.video.counts;
    red.video.requestKeyFrame();
    await eventually(
      () => red.video.counts.keyFrames > keyFrames || undefined,
      () => "key frame",
    );
  });

  it("has a camera of another shape whole, with bars beside it", async () => {
    const room = await VideoRoom.open(parley(), 1);
    const red = await room.join("red", { width: 240, height: 240 });

    await red.video.shows([
      [0.5, 0.5, "red"],
      [0.25, 0.5, "red"],
      [0.15, 0.5, "other"],
      [0.85, 0.5, "other"],
    ]);
  });

  it("is seen by a phone that takes little", async () => {
    const room = await VideoRoom.open(parley(), 2);
    const red = await room.join("red", { takesKbps: 128 });
    const green = await room.join("green", { codecs: ["VP8"], takesKbps: 200 });

    await Promise.all([red, green].map(({ video }) => video.shows(spots(2, "red", "green"))));
  });

  it("has a shared screen in its main cell while it is shared", async () => {
    const room = await VideoRoom.open(parley(), 3);
    const screen = await VideoLine.open({ colour: "white", content: "slides", direction: "sendonly" });
    screen.sending = false;
    const red = await room.join("red");
    const green = await room.join("green", {}, { video: [screen] });
    const see = (...seen: Spot[2][]) =>
      Promise.all([red, green].map(({ video }) => video.shows(spots(3, ...seen))));
    await see("red", "green", "other");

    screen.sending = true;
    await see("white", "green", "red");
    screen.sending = false;
    await red.video.shows(spots(3, "other"));
  });

  it("leaves a cell free beside a voice alone, and hears it", async () => {
    const room = await VideoRoom.open(parley(), 2);
    const red = await room.join("red");
    const phone = await parley().phone("voice");
    const { extension_number } = (await parley().request(`/api/conference_rooms/${room.id}`)).body as {
      extension_number: string;
    };
    const call = await phone.call(extension_number);
    await call.answered();
    call.media.voice = [{ frequency: 440, levelDbov: -20 }];

    await red.call.ear.hearsExactly([{ frequency: 440, levelDbov: -20 }], []);
    await red.video.shows(spots(2, "red", "other"));
  });
});

describe("a camera", () => {
  it("that stops becomes a card, and is seen again when it goes on", async () => {
    const room = await VideoRoom.open(parley(), 2);
    const red = await room.join("red");
    const green = await room.join("green");
    await red.video.shows(spots(2, "red", "green"));

    green.video.sending = false;
    await red.video.shows(spots(2, "red", "other"));
    green.video.colour = "yellow";
    green.video.sending = true;
    await red.video.shows(spots(2, "red", "yellow"));
  });

  it("is seen again after loss in both directions", async () => {
    const room = await VideoRoom.open(parley(), 2);
    const red = await room.join("red", { codecs: ["VP8"] });
    const green = await room.join("green", { nack: true });
    await Promise.all([red, green].map(({ video }) => video.shows(spots(2, "red", "green"))));

    for (const { video } of [red, green]) video.lossPercent = { sent: 10, received: 10 };
    await eventually(
      () => green.video.counts.lostOnPurpose > 20 || undefined,
      () => "loss",
    );
    for (const { video } of [red, green]) video.lossPercent = { sent: 0, received: 0 };
    red.video.colour = "orange";
    green.video.colour = "cyan";

    await Promise.all([red, green].map(({ video }) => video.shows(spots(2, "orange", "cyan"))));
  });

  it.each(["H264", "VP8"] as const)(
    "whose pictures change their size, and whose timestamps jump: %s",
    async (codec) => {
      const room = await VideoRoom.open(parley(), 2);
      const red = await room.join("red");
      const green = await room.join("green", { codecs: [codec] });
      await red.video.shows(spots(2, "red", "green"));

      green.video.resize(176, 144);
      green.video.colour = "yellow";
      await red.video.shows(spots(2, "red", "yellow"));
      green.video.resize(640, 360);
      green.video.colour = "cyan";
      await red.video.shows(spots(2, "red", "cyan"));
      for (const [ticks, colour] of [
        [2 ** 31, "white"],
        [-90_000_000, "magenta"],
        [90_000, "blue"],
      ] as const) {
        green.video.jump(ticks);
        green.video.colour = colour;
        await red.video.shows(spots(2, "red", colour));
      }
    },
  );

  it("of a caller in an audio room is answered with port 0", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const phone = await parley().phone("red");
    const video = await VideoLine.open({ colour: "red" });
    const call = await phone.call(extension, { video: [video] });
    await call.answered();

    expect(video.codec).toBeUndefined();
  });
});
