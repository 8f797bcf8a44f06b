// To which line of video a packet belongs that came over the transport of several media descriptions (RFC 9143 §9.2): by the name
// in its header extension, by its SSRC once that was named, by its payload type where only one line has it.
import { namesMid, readUint32, rtpHeaderBytes } from "../../rtp/index.ts";
import type { VideoPlan } from "../../sdp/index.ts";

/** SSRCs that are remembered: those of two lines, of their repetitions, and some that were before. */
const maxSsrcs = 8;
const nowhere = 0xff;
const ambiguous = 0xfe;

interface Name {
  readonly id: number;
  readonly name: Uint8Array;
  readonly line: number;
}

export class BundleDemux {
  /** The index of the media line of each payload type. */
  readonly #byType = new Uint8Array(128).fill(nowhere);
  readonly #lineOfSsrc = new Map<number, number>();
  #names: Name[] = [];

  /** `lines`: by index; undefined where a line is not bundled. `audioTypes` are the audio's whatever a line says. */
  configure(lines: readonly (VideoPlan | undefined)[], audioTypes: ReadonlySet<number>): void {
    this.#byType.fill(nowhere);
    this.#lineOfSsrc.clear();
    this.#names = [];
    for (const [index, plan] of lines.entries()) {
      if (!plan) continue;
      for (const type of [...plan.receive.keys(), ...(plan.rtx?.receive.keys() ?? [])]) {
        if (type > 127 || audioTypes.has(type)) continue;
        this.#byType[type] = this.#byType[type] === nowhere ? index : ambiguous;
      }
      const mid = plan.extensions?.mid;
      if (mid) this.#names.push({ id: mid.id, name: new TextEncoder().encode(mid.name), line: index });
    }
  }

  /** The index of its line; −1: it is of none, and so the audio's. */
  lineOf(packet: Uint8Array): number {
    if (packet.length < rtpHeaderBytes) return -1;
    const byType = this.#byType[packet[1]! & 0x7f]!;
    if (byType === nowhere) return -1;
    if (byType !== ambiguous) return byType;
    const ssrc = readUint32(packet, 8);
    for (const { id, name, line } of this.#names) {
      if (!namesMid(packet, id, name)) continue;
      this.#remember(ssrc, line);
      return line;
    }
    // The camera's, until it is named.
    return this.#lineOfSsrc.get(ssrc) ?? 0;
  }

  #remember(ssrc: number, line: number): void {
    if (this.#lineOfSsrc.get(ssrc) === line) return;
    if (this.#lineOfSsrc.size >= maxSsrcs) {
      const [oldest] = this.#lineOfSsrc.keys();
      this.#lineOfSsrc.delete(oldest!);
    }
    this.#lineOfSsrc.set(ssrc, line);
  }
}
