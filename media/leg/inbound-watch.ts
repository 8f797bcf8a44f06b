// Whether the far end is there: tells when no packet of audio has come for five seconds from one that should send,
// and when neither RTP nor RTCP has come for thirty from any. Tells only: silence alone ends no call.
import type { LegId } from "#common";
import type { NotificationSink } from "./options.ts";

const inaudibleAfterMs = 5000;
const silentEveryMs = 30_000;

export class InboundWatch {
  readonly #leg: LegId;
  readonly #notify: NotificationSink;
  #inaudible = false;
  #expectedSince = 0;
  /** When something was first agreed; undefined before that. */
  #agreedAt: number | undefined;
  #toldMs = 0;

  constructor(leg: LegId, notify: NotificationSink) {
    this.#leg = leg;
    this.#notify = notify;
  }

  /** From now on packets of audio should come; monotonic milliseconds. */
  expect(now: number): void {
    this.#expectedSince = now;
  }

  /** Something was agreed with the far end: from the first time on it can be expected to give a sign of life. */
  begin(now: number): void {
    this.#agreedAt ??= now;
  }

  /** Nothing is told that packets would take back. */
  get calm(): boolean {
    return !this.#inaudible && this.#toldMs === 0;
  }

  /** Once a tick while packets should come. `lastPacketAt`: undefined before the first. */
  look(now: number, lastPacketAt = Number.NEGATIVE_INFINITY): void {
    const inaudible = now - Math.max(lastPacketAt, this.#expectedSince) >= inaudibleAfterMs;
    const heardAgain = this.#inaudible && now - lastPacketAt < inaudibleAfterMs;
    if (inaudible === this.#inaudible || (this.#inaudible && !heardAgain)) return;
    this.#inaudible = inaudible;
    this.#notify("leg.inbound", { leg: this.#leg, state: inaudible ? "silent" : "heard" });
  }

  /** Once a tick, whatever is agreed. When RTP and RTCP came last: undefined before the first. */
  lookForLife(now: number, rtpAt = Number.NEGATIVE_INFINITY, rtcpAt = Number.NEGATIVE_INFINITY): void {
    if (this.#agreedAt === undefined) return;
    const silentMs = now - Math.max(this.#agreedAt, rtpAt, rtcpAt);
    if (silentMs < silentEveryMs && this.#toldMs > 0) {
      this.#toldMs = 0;
      this.#notify("leg.silent", { leg: this.#leg, silentMs: 0 });
    } else if (silentMs >= this.#toldMs + silentEveryMs) {
      this.#toldMs = Math.floor(silentMs / silentEveryMs) * silentEveryMs;
      this.#notify("leg.silent", { leg: this.#leg, silentMs: this.#toldMs });
    }
  }
}
