import { describe, expect, it } from "vitest";
import { createNetworks, delay, Emitter, SerialQueue, sourceOf } from "#common";
import { FakeClock, settle } from "#test/support";

describe("networks", () => {
  const inside = createNetworks(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fe80::/10"]);

  it.each(["10.1.2.3", "192.0.2.7", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:a00:1", "fe80::1%eth0"])(
    "contain %s",
    (address) => {
      expect(inside.contains(address)).toBe(true);
    },
  );

  it.each(["11.0.0.1", "192.0.2.8", "2001:db9::1", "::ffff:11.0.0.1", "", "10.0.0", "host"])(
    "leave out %j",
    (address) => {
      expect(inside.contains(address)).toBe(false);
    },
  );

  it.each(["10.0.0.0/33", "10.0.0/8", "::/129", "fe80::1%eth0", "10.0.0.0/8/8", "10.0.0.0/", "x"])(
    "refuse %j by name",
    (cidr) => {
      expect(() => createNetworks([cidr])).toThrow(cidr);
    },
  );

  it("an IPv6 network of 64 bits is one source", () => {
    expect(sourceOf("2001:db8:1:2:3:4:5:6")).toBe(sourceOf("2001:db8:1:2::9"));
    expect(sourceOf("2001:db8::9")).toBe(sourceOf("2001:db8:0:0:1::"));
    expect(sourceOf("2001:db8:1:2::9")).not.toBe(sourceOf("2001:db8:1:3::9"));
    expect(sourceOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(sourceOf("::1")).toBe("0:0:0:0::/64");
  });
});

describe("the serial queue", () => {
  it("runs one job after the other, over failures", async () => {
    const queue = new SerialQueue();
    const order: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();

    const first = queue.run(async () => {
      await gate;
      order.push("first");
      throw new Error("first failed");
    });
    const second = queue.run(() => order.push("second"));
    open();

    await expect(first).rejects.toThrow("first failed");
    await second;
    expect(order).toEqual(["first", "second"]);
    expect(queue.size).toBe(0);
  });

  it("refuses loudly when it is full", async () => {
    const queue = new SerialQueue(1);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const running = queue.run(() => gate);

    await expect(queue.run(() => {})).rejects.toMatchObject({ code: "QUEUE_FULL" });

    open();
    await running;
  });
});

describe("the emitter", () => {
  it("tells listeners in order, until they leave", () => {
    const emitter = new Emitter<{ said: string }>();
    const heard: string[] = [];
    const leave = emitter.on("said", (word) => heard.push(`a ${word}`));
    emitter.once("said", (word) => heard.push(`b ${word}`));

    emitter.emit("said", "one");
    leave();
    emitter.emit("said", "two");

    expect(heard).toEqual(["a one", "b one"]);
  });

  it("survives a listener that leaves while it is told", () => {
    const emitter = new Emitter<{ said: string }>();
    const heard: string[] = [];
    const leave = emitter.on("said", () => leave());
    emitter.on("said", (word) => heard.push(word));

    emitter.emit("said", "one");

    expect(heard).toEqual(["one"]);
  });
});

describe("delay", () => {
  it("ends with its time or with the signal, leaving no timer", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    let done = false;
    delay(clock, 100).then(() => {
      done = true;
    });
    const cut = delay(clock, 100, abort.signal);

    await clock.run(99);
    expect(done).toBe(false);
    abort.abort(new Error("enough"));
    await expect(cut).rejects.toThrow("enough");
    await clock.run(1);
    await settle();

    expect(done).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
