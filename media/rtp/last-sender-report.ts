// The last sender report of a source, and how long ago it came: what our report block about that source says of it (LSR and DLSR,
// RFC 3550 §6.4.1). A report of another source says nothing of the one that is heard now.
import type { RtcpFindings } from "./rtcp-read.ts";
import type { RtcpReport } from "./rtcp-write.ts";

const unitsPerSecond = 65_536;
const maxUnits = 0xffff_ffff;

export class LastSenderReport {
  #ssrc: number | undefined;
  #ntp = 0;
  #at = 0;

  /** The sender report in `findings` came at `at`, monotonic milliseconds. */
  take({ senderSsrc, senderNtp }: Readonly<RtcpFindings>, at: number): void {
    this.#ssrc = senderSsrc;
    this.#ntp = senderNtp;
    this.#at = at;
  }

  /** Fills in what `report` says of the one of its source; 0 for both figures while none has come. */
  fill(report: RtcpReport, now: number): void {
    const known = this.#ssrc !== undefined && this.#ssrc === report.sourceSsrc;
    const units = Math.round(((now - this.#at) * unitsPerSecond) / 1000);
    report.lastSenderReport = known ? this.#ntp : 0;
    report.delaySinceLastSenderReport = known ? Math.min(maxUnits, units) : 0;
  }
}
