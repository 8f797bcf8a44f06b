// A room with a picture calls a phone: video is offered, and what the phone takes of it is seen.
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { type Call, Phone } from "../support/phone/index.ts";
import { type Spot, VideoLine } from "../support/video/index.ts";
import { newExtension } from "./use-parley.ts";

let berlin: Phone;
let parley: ParleyProcess;
beforeAll(async () => {
  berlin = await Phone.open("berlin");
  const { address, port } = berlin.address;
  const trunk = {
    hosts: [`sip:${address}:${port};transport=udp`],
    keepalive_seconds: 0,
    caller_id: "4930999",
  };
  const trunks = [{ ...trunk, name: "office", dial_allow: ["2XX"], dial_confirm: false }];
  parley = await ParleyProcess.start({ env: { TRUNKS: JSON.stringify(trunks) } });
});
let called: Call | undefined;
afterEach(async () => {
  await called?.hangUp();
  await parley.hangUpAll();
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await berlin.close();
});

async function meeting() {
  const extension = newExtension();
  const picture = { width: 640, height: 360, framerate: 10, bitrate: 768, layout: "LAYOUT2" as const };
  const room = await parley.createRoom({ mode: "VIDEO", extension_number: extension, ...picture });
  const phone = await parley.phone("red");
  const red = await VideoLine.open({ colour: "red", framerate: 10 });
  await (await phone.call(extension, { video: [red] })).answered();
  const asked = parley.request(`/api/conference_rooms/${room}/participants/invite`, {
    body: { number: "205" },
  });
  const call = await berlin.incoming();
  called = call;
  call.ring();
  expect((await asked).status).toBe(200);
  return { red, call };
}

it.each(["H264", "VP8"] as const)("a phone that answers with %s is seen and sees", async (codec) => {
  const { red, call } = await meeting();
  const blue = await VideoLine.open({ colour: "blue", framerate: 10, codecs: [codec] });
  call.accept([blue]);

  const expected: Spot[] = [
    [0.25, 0.5, "red"],
    [0.75, 0.5, "blue"],
  ];
  await Promise.all([red, blue].map((video) => video.shows(expected)));
  expect(blue.receivedCodec).toBe(codec);
});

it("a phone that answers without video is in the room as a voice", async () => {
  const { red, call } = await meeting();
  call.accept();
  call.media.voice = [{ frequency: 440, levelDbov: -20 }];

  await red.shows([
    [0.25, 0.5, "red"],
    [0.75, 0.5, "other"],
  ]);
  await call.ear.next(500);
});
