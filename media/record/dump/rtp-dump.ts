// The datagrams of a leg as a pcap file: RTP and RTCP of both directions, each with the time, the addresses and the ports
// it had. What comes is kept as it came, strangers' packets included.
import { addressBytes, type Clock, PcapRecords } from "#common";
import type { FarEnd, LegDump } from "./dump.ts";
import type { DumpFile } from "./dump-file.ts";

export interface RtpDumpOptions {
  /** The address that the leg is bound to. */
  readonly address: string;
  readonly clock: Clock;
}

/** Where a datagram goes from, or to. */
interface End {
  address: Uint8Array;
  port: number;
}

export class RtpDump implements LegDump {
  readonly #file: DumpFile;
  readonly #clock: Clock;
  readonly #address: string;
  /** From monotonic to wall-clock milliseconds. */
  readonly #offsetMs: number;
  readonly #records = new PcapRecords();
  readonly #ours: End = { address: new Uint8Array(4), port: 0 };
  readonly #theirs: End = { address: new Uint8Array(4), port: 0 };
  /** The far address that `#theirs` has. */
  #far = "";

  constructor(file: DumpFile, { address, clock }: RtpDumpOptions) {
    this.#file = file;
    this.#clock = clock;
    this.#address = address;
    this.#offsetMs = clock.now() - clock.monotonic();
  }

  received(packet: Uint8Array, from: FarEnd, port: number, at = this.#clock.monotonic()): void {
    this.#between(from, port);
    this.#add(packet, at, [this.#theirs, this.#ours]);
  }

  sent(packet: Uint8Array, to: FarEnd, port: number): void {
    this.#between(to, port);
    this.#add(packet, this.#clock.monotonic(), [this.#ours, this.#theirs]);
  }

  said(): void {}

  heard(): void {}

  end(): void {}

  #between({ address, port }: FarEnd, ourPort: number): void {
    this.#theirs.port = port;
    this.#ours.port = ourPort;
    if (address === this.#far) return;
    this.#far = address;
    const theirs = addressBytes(address);
    const ours = addressBytes(this.#address);
    this.#theirs.address = theirs;
    // A socket that is bound to every address of both families.
    this.#ours.address = ours.length === theirs.length ? ours : new Uint8Array(theirs.length);
  }

  #add(packet: Uint8Array, at: number, [from, to]: readonly [End, End]): void {
    const micros = Math.round((this.#offsetMs + at) * 1000);
    this.#file.add(this.#records.headerOf(packet, micros, from, to), packet);
  }
}
