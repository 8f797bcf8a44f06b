// Gathers the notifications of the time without a controller: events are kept in their order for the next one, bounded in all and
// for each leg. States are not gathered: only the latest counts, which `leg.facts` contains.
import type { NotificationFrame, NotificationName } from "../protocol.ts";

const maxBuffered = 4096;
/** More digits than are pressed in the time that a worker waits for its controller. */
const maxPerLeg = 128;

const happenings: ReadonlySet<NotificationName> = new Set([
  "leg.dtmf",
  "leg.played",
  "leg.captured",
  "leg.dumped",
  "leg.failed",
  "recording.ended",
] satisfies NotificationName[]);

export class GatheredNotifications {
  readonly #frames: NotificationFrame[] = [];
  readonly #ofLeg = new Map<unknown, number>();

  add(frame: NotificationFrame): void {
    if (!happenings.has(frame.notification) || this.#frames.length >= maxBuffered) return;
    const leg = (frame.data as { readonly leg?: unknown }).leg;
    if (leg !== undefined) {
      const count = this.#ofLeg.get(leg) ?? 0;
      if (count >= maxPerLeg) return;
      this.#ofLeg.set(leg, count + 1);
    }
    this.#frames.push(frame);
  }

  /** In the order in which they came. */
  get frames(): readonly NotificationFrame[] {
    return this.#frames;
  }
}
