// Watches whether the far end still sends: notifies when no packet of audio has come for five seconds although it should send,
// and when neither RTP nor RTCP has come for thirty. It only notifies: silence alone ends no call.
import type { LegId } from "#common";
import type { NotificationSink } from "./options.ts";

const inaudibleAfterMs = 5000;
const silentEveryMs = 30_000;

export class InboundWatch {
  readonly #leg: LegId;
  readonly #notify: NotificationSink;
  #inaudible = false;
  #expectedSince = 0;
  /** When media was first negotiated; undefined before that. */
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

  /** Media was negotiated: from the first time on RTP or RTCP is expected. */
  begin(now: number): void {
    this.#agreedAt ??= now;
  }

  /** No notification is outstanding that new packets would revoke. */
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

  /** Once a tick, whatever was negotiated. The times of the last RTP and RTCP packets; undefined before the first. */
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
