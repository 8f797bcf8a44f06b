// A meeting that something is done to: phones with sound in one room, and what they and the bridge have lost of it.
import { setTimeout as sleep } from "node:timers/promises";
import type { ParleyProcess } from "../support/parley.ts";
import type { Call } from "../support/phone/index.ts";
import { metricSum } from "./metrics.ts";

/** Until the legs' jitter buffers stand still. */
const settleMs = 3000;
export const extension = "7000";

export class Meeting {
  readonly calls: readonly Call[];
  readonly #parley: ParleyProcess;
  #missedBefore = 0;
  #lostBefore = 0;

  /** `further`: places for legs that are not phones. */
  static async open(parley: ParleyProcess, legs: number, further = 0): Promise<Meeting> {
    const capacity = legs + further + 1;
    await parley.createRoom({ extension_number: extension, enable_prompt: false, capacity });
    const calls: Call[] = [];
    for (let leg = 0; leg < legs; leg += 1) {
      const call = await (await parley.phone(`leg${leg}`)).call(extension);
      calls.push(await call.answered());
    }
    return new Meeting(parley, calls);
  }

  private constructor(parley: ParleyProcess, calls: readonly Call[]) {
    this.#parley = parley;
    this.calls = calls;
  }

  /** Calls that are up. */
  get up(): number {
    return this.calls.filter(({ state }) => state === "answered").length;
  }

  /** Counts losses from here on, once the meeting has settled. */
  async settle(): Promise<void> {
    await sleep(settleMs);
    this.#missedBefore = this.#missed();
    this.#lostBefore = await this.#lost();
  }

  /** Packets that the phones have missed, and that the bridge has missed of all its legs. */
  async losses(): Promise<{ readonly byPhones: number; readonly byBridge: number }> {
    const byPhones = this.#missed() - this.#missedBefore;
    return { byPhones, byBridge: (await this.#lost()) - this.#lostBefore };
  }

  #missed(): number {
    return this.calls.reduce((sum, { media }) => sum + media.counts.gaps, 0);
  }

  async #lost(): Promise<number> {
    return metricSum(await this.#parley.metrics(), "parley_media_packets_lost_total");
  }
}
