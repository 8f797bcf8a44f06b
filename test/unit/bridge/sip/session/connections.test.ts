import { expect, it } from "vitest";
import { Phone, phoneAddress, phoneSdp, World } from "./world.ts";

it("talks back on the connection that the call came in on, and says so in its Contact", async () => {
  const world = await World.open({}, "TCP");
  const { session } = await world.call();
  expect(world.phone.last("INVITE").headers.get("Contact")).toBe("<sip:700@10.0.0.1:5060;transport=tcp>");
  world.phone.onRequest = (request) => world.phone.reply(request, 200);
  await Promise.all([session.end({ status: 200, text: "Over" }), world.travel()]);
  expect(world.phone.requests("BYE")).toHaveLength(1);
  expect(await world.close()).toBe(0);
});

it("reaches the phone where its Contact says when the connection is gone", async () => {
  const world = await World.open({}, "TCP");
  const { session } = await world.call();
  await world.phone.close();
  const again = new Phone(world.network, phoneAddress, "TCP");
  await again.listen();
  again.onRequest = (request) => {
    if (request.method !== "ACK") again.reply(request, 200, { sdp: phoneSdp });
  };
  const [renewed] = await Promise.all([session.reoffer(), world.travel()]);
  expect(renewed.ok).toBe(true);
  await Promise.all([session.end({ status: 200, text: "Over" }), world.travel()]);
  expect(again.heard).toEqual(["INVITE", "ACK", "BYE"]);
  await again.close();
  expect(await world.close()).toBe(0);
});

it("ends a call whose phone is gone for good", async () => {
  const world = await World.open({}, "TCP");
  const { session, ends } = await world.call();
  await world.phone.close();
  await Promise.all([session.end({ status: 200, text: "Over" }), world.travel()]);
  expect(ends).toHaveLength(1);
  expect(world.endpoint.sessions).toBe(0);
  expect(await world.close()).toBe(0);
});
