// Whether the far end of a call is still there: OPTIONS inside the dialog, and what each answer says.
import { afterEach, describe, expect, it } from "vitest";
import type { SessionEnd } from "#sip";
import { World } from "./world.ts";

let world: World;
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

async function ask(status: number | undefined) {
  world = await World.open();
  const { session } = await world.call();
  const ends: SessionEnd[] = [];
  session.events.on("ended", (end) => ends.push(end));
  world.phone.onRequest = (request) => {
    if (request.method === "OPTIONS" && status !== undefined) world.phone.reply(request, status);
    if (request.method === "BYE") world.phone.reply(request, 200);
  };
  const asked = session.askIfAlive();
  await world.travel();
  if (status === undefined) await world.clock.run(33_000);
  return { session, ends, liveness: await asked };
}

describe("an OPTIONS inside the call", () => {
  it.each([200, 403, 404, 405, 486, 488, 500, 501, 503, 603])(
    "answered %i: the peer is there",
    async (status) => {
      const { session, ends, liveness } = await ask(status);
      expect(liveness).toBe("alive");
      expect(ends).toEqual([]);
      const { headers, uri } = world.phone.lastRequest("OPTIONS");
      expect(headers.get("Call-ID")).toBe(session.callId);
      expect(headers.get("To")).toContain(";tag=");
      expect(uri).toMatch(/^sip:1001@/);
    },
  );

  it("answered 481: the call is over, and no BYE goes to a dialog that is gone", async () => {
    const { ends, liveness } = await ask(481);
    expect(liveness).toBe("gone");
    expect(ends).toMatchObject([{ by: "failure", cause: { status: 481 } }]);
    expect(world.phone.requests("BYE")).toEqual([]);
  });

  it.each([408, undefined])(
    "answered %s: the call is over, with a BYE in case it is heard",
    async (status) => {
      const { ends, liveness } = await ask(status);
      expect(liveness).toBe("gone");
      expect(ends).toMatchObject([{ by: "failure", cause: { status: 408 } }]);
      await world.travel();
      expect(world.phone.requests("BYE")).toHaveLength(1);
    },
  );

  it("is not sent once the call has ended", async () => {
    world = await World.open();
    const { session } = await world.call();
    world.phone.onRequest = (request) => world.phone.reply(request, 200);
    const ending = session.end({ status: 200, text: "Done" });
    await world.travel();
    await ending;
    expect(await session.askIfAlive()).toBe("gone");
    expect(world.phone.requests("OPTIONS")).toEqual([]);
  });
});
