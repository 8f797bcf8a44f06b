// Subscriptions outside of calls (RFC 6665), with a package made for the test.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fail, ok } from "#common";
import type { EventPackage, Subscriber } from "../../../../../bridge/sip/subscription/index.ts";
import { type RequestParts, text, World } from "../session/world.ts";

let world: World;
let subscribers: Subscriber[];
let ended: number;
let weather: string;

const forecast: EventPackage = {
  name: "weather",
  contentTypes: ["text/weather", "text/plain"],
  defaultSeconds: 300,
  maxSeconds: 600,
  subscribe(subscriber) {
    if (subscriber.resource === "secret") return fail({ status: 403, text: "Not for you" });
    subscribers.push(subscriber);
    return ok({
      state: () => weather,
      onEnded: () => {
        ended += 1;
      },
    });
  },
};

beforeEach(async () => {
  world = await World.open({ maxSubscriptions: 2 });
  world.endpoint.addEventPackage(forecast);
  subscribers = [];
  ended = 0;
  weather = "fine";
  world.phone.onRequest = (request) => {
    if (request.method === "NOTIFY") world.phone.reply(request, 200);
  };
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
  expect(ended).toBe(subscribers.length);
});

async function subscribe(
  headers: readonly (readonly [string, string])[] = [],
  parts: RequestParts = {},
): Promise<number> {
  world.phone.request("SUBSCRIBE", { headers: [["Event", "weather"], ...headers], ...parts });
  await world.travel();
  return world.phone.last("SUBSCRIBE").status;
}

/** Inside the dialog that the last SUBSCRIBE made. */
function stay(): void {
  world.phone.to = world.phone.last("SUBSCRIBE").headers.get("To")!;
}

const notified = (): string[] =>
  world.phone
    .requests("NOTIFY")
    .map((notify) => `${text(notify)} | ${notify.headers.get("Subscription-State")}`);

describe("a subscription", () => {
  it("gets the state at once, then what changes, the newest only, until it is ended", async () => {
    expect(await subscribe()).toBe(200);
    expect(world.phone.last("SUBSCRIBE").headers.get("Expires")).toBe("300");
    expect(world.endpoint.sessions).toBe(0);
    subscribers[0]!.notify("rain");
    subscribers[0]!.notify("hail");
    subscribers[0]!.notify("snow");
    await world.travel();
    stay();
    weather = "fog";
    expect(await subscribe([["Expires", "0"]])).toBe(200);
    expect(notified()).toEqual([
      "fine | active;expires=300",
      "rain | active;expires=300",
      "snow | active;expires=300",
      "fog | terminated;reason=timeout",
    ]);
    expect(ended).toBe(1);
    expect(await subscribe()).toBe(481);
  });

  it("is refreshed with the state, and ends when it is not", async () => {
    await subscribe([["Expires", "60"]]);
    stay();
    await world.clock.run(50_000);
    weather = "rain";
    expect(await subscribe([["Expires", "9999"]])).toBe(200);
    expect(world.phone.last("SUBSCRIBE").headers.get("Expires")).toBe("600");
    await world.clock.run(599_000);
    expect(ended).toBe(0);
    await world.clock.run(2000);
    expect(notified()).toEqual([
      "fine | active;expires=60",
      "rain | active;expires=600",
      "rain | terminated;reason=timeout",
    ]);
    expect(ended).toBe(1);
  });

  it("with Expires 0 is one look", async () => {
    expect(await subscribe([["Expires", "0"]])).toBe(200);
    expect(notified()).toEqual(["fine | terminated;reason=timeout"]);
  });

  it("is over when the subscriber does not answer any more", async () => {
    await subscribe();
    world.phone.onRequest = () => {};
    subscribers[0]!.notify("rain");
    await world.clock.run(33_000);
    expect(ended).toBe(1);
  });

  it("that the package ends is ended with its reason", async () => {
    await subscribe();
    subscribers[0]!.end("noresource");
    await world.travel();
    expect(notified().at(-1)).toBe("fine | terminated;reason=noresource");
  });

  it("hears that it may come again when the bridge goes down", async () => {
    await subscribe();
    const closing = world.endpoint.close({ status: 503, text: "Going down" });
    await world.travel();
    await closing;
    expect(notified().at(-1)).toBe("fine | terminated;reason=probation;retry-after=30");
  });
});

describe("what is refused", () => {
  it.each([
    ["an unknown package", { headers: [["Event", "presence"]] }, 489],
    ["no package", {}, 489],
  ] as [string, RequestParts, number][])("%s, with the list of the known ones", async (_, parts, status) => {
    world.phone.request("SUBSCRIBE", parts);
    await world.travel();
    expect(world.phone.last("SUBSCRIBE").status).toBe(status);
    expect(world.phone.last("SUBSCRIBE").headers.all("Allow-Events")).toEqual(["refer", "weather"]);
  });

  it("what only a REFER can begin", async () => {
    world.phone.request("SUBSCRIBE", { headers: [["Event", "refer"]] });
    await world.travel();
    expect(world.phone.last("SUBSCRIBE").status).toBe(403);
  });

  it("a period that is too short, with the shortest", async () => {
    expect(await subscribe([["Expires", "20"]])).toBe(423);
    expect(world.phone.last("SUBSCRIBE").headers.get("Min-Expires")).toBe("60");
  });

  it("a document that is not written here; the second choice is taken", async () => {
    expect(await subscribe([["Accept", "application/xml"]])).toBe(406);
    expect(await subscribe([["Accept", "text/plain"]])).toBe(200);
    expect(world.phone.lastRequest("NOTIFY").headers.get("Content-Type")).toBe("text/plain");
  });

  it("whom the package does not want", async () => {
    expect(await subscribe([], { uri: "sip:secret@10.0.0.1" })).toBe(403);
  });

  it("more than there is room for", async () => {
    await subscribe([], { callId: "a" });
    await subscribe([], { callId: "b" });
    expect(await subscribe([], { callId: "c" })).toBe(503);
    expect(world.endpoint.snapshot()).toMatchObject({ subscriptions: 2 });
  });

  it("a NOTIFY for nothing", async () => {
    world.phone.request("NOTIFY", { headers: [["Event", "message-summary"]] });
    await world.travel();
    expect(world.phone.last("NOTIFY").status).toBe(481);
  });
});

it("is announced where capabilities are", async () => {
  world.phone.request("OPTIONS");
  await world.travel();
  expect(world.phone.last("OPTIONS").headers.all("Allow-Events")).toEqual(["refer", "weather"]);
});
