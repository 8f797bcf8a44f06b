// Notifications of a tick wait for its end; all others pass at once.
import { describe, expect, it } from "vitest";
import { type LegId, newId } from "#common";
import { NotificationQueue } from "../../../../media/mixer/notification-queue.ts";

describe("the notifications of a tick", () => {
  it("wait for its end, in their order", () => {
    const sent: unknown[] = [];
    const leg = newId<LegId>();
    const queue = new NotificationQueue((name, data) => void sent.push([name, data]));
    const talking = (is: boolean) => queue.tell("leg.talking", { leg, talking: is });
    talking(true);
    expect(sent).toHaveLength(1);
    queue.hold();
    talking(false);
    talking(true);
    expect(sent).toHaveLength(1);
    queue.release();
    expect(sent.slice(1)).toEqual([
      ["leg.talking", { leg, talking: false }],
      ["leg.talking", { leg, talking: true }],
    ]);
    talking(false);
    expect(sent).toHaveLength(4);
    queue.hold();
    queue.release();
    expect(sent).toHaveLength(4);
  });

  it("that their receiver causes at the end of a tick pass at once", () => {
    const leg = newId<LegId>();
    const sent: boolean[] = [];
    const queue = new NotificationQueue((_, data) => {
      const { talking } = data as { talking: boolean };
      sent.push(talking);
      if (talking) queue.tell("leg.talking", { leg, talking: false });
    });
    queue.hold();
    queue.tell("leg.talking", { leg, talking: true });
    queue.release();
    expect(sent).toEqual([true, false]);
  });
});
