// One telephone of the soak: calls a room, does there what people do, leaves it in one of several ways, and calls again.
import { setTimeout as sleep } from "node:timers/promises";
import type { ParleyProcess } from "../../support/parley.ts";
import { type Call, Phone } from "../../support/phone/index.ts";
import { VideoLine } from "../../support/video/index.ts";
import type { Tally } from "./tally.ts";

export interface SeatOptions {
  readonly name: string;
  readonly room: { readonly id: string; readonly extension: string };
  readonly parley: ParleyProcess;
  readonly tally: Tally;
  readonly random: () => number;
  /** Ends the churn. */
  readonly stop: AbortSignal;
  readonly pin?: string;
  readonly video?: boolean;
  /** Stays to the end and does nothing but talk: whose packets are counted. */
  readonly steady?: boolean;
}

/** On a machine that has other work. */
const answerLimitMs = 60_000;
const levelDbov = -24;
const maxPinTries = 3;

export class Seat {
  readonly #options: SeatOptions;
  call: Call | undefined;
  #visits = 0;
  /** Of calls that are over. */
  readonly #counted = { received: 0, gaps: 0 };

  constructor(options: SeatOptions) {
    this.#options = options;
  }

  get steady(): boolean {
    return this.#options.steady ?? false;
  }

  /** Packets of all its calls: those that it received, or the gaps between them. */
  counted(field: "received" | "gaps"): number {
    return this.#counted[field] + (this.call?.media.counts[field] ?? 0);
  }

  /** Resolves once the churn has ended and this phone has hung up. */
  async run(): Promise<void> {
    const { stop, tally, steady, name } = this.#options;
    await this.#pause(0, steady ? 5000 : 15_000);
    while (!stop.aborted) {
      try {
        await this.#visit();
      } catch (error) {
        tally.callsFailed += 1;
        tally.note(name, error);
      }
      await this.#pause(500, 5000);
    }
  }

  async #visit(): Promise<void> {
    const { name, room, parley, tally, random, steady, video } = this.#options;
    this.#visits += 1;
    const displayName = `${name}.${this.#visits}`;
    const phone = await Phone.open(name, parley.sip, { tcp: !steady && random() < 0.15 });
    const line = video
      ? await VideoLine.open({ colour: "green", framerate: 10, width: 320, height: 180 })
      : undefined;
    let vanishes = false;
    try {
      const encrypts = random() < 0.2;
      const call = await phone.call(room.extension, {
        displayName,
        ...(encrypts && { srtp: "required" as const }),
        ...(line && { video: [line] }),
      });
      tally.calls += 1;
      if (!steady && random() < 0.05) {
        await this.#pause(0, 300);
        // It may have been answered by now.
        if (call.state === "answered") await call.hangUp();
        else call.cancel();
        await call.over(answerLimitMs);
        tally.cancelled += 1;
        return;
      }
      await call.answered(answerLimitMs);
      this.call = call;
      vanishes = await this.#stay(call, displayName);
    } finally {
      this.#counted.received += this.call?.media.counts.received ?? 0;
      this.#counted.gaps += this.call?.media.counts.gaps ?? 0;
      this.call = undefined;
      await phone.close({ bridgeRuns: !vanishes });
      line?.close();
    }
  }

  /** Whether it goes away without a word. */
  async #stay(call: Call, displayName: string): Promise<boolean> {
    const { stop, tally, random, steady, pin, video, name } = this.#options;
    if (steady) {
      if (random() < 0.2) call.media.voice = [{ frequency: 300 + Math.floor(random() * 1000), levelDbov }];
      while (!stop.aborted && call.state === "answered") await this.#pause(1000, 2000);
    } else {
      if (pin !== undefined && !(await this.#enterPin(call, displayName, pin))) return false;
      const until = performance.now() + (video ? 120_000 : 15_000) + random() * (video ? 180_000 : 120_000);
      while (!stop.aborted && call.state === "answered" && performance.now() < until) {
        await this.#pause(2000, 10_000);
        if (call.state === "answered" && !stop.aborted) await this.#act(call, displayName);
      }
    }
    if (call.state !== "answered") {
      tally.callsDropped += 1;
      const { reason } = await call.ended();
      tally.note(name, `the call was dropped: ${reason?.text ?? "no reason"}`);
      return false;
    }
    const way = steady || stop.aborted ? 1 : random();
    if (way < 0.02) {
      tally.vanished += 1;
      call.vanish();
      return true;
    }
    if (way < 0.15 && (await this.#remove(call, displayName))) return false;
    await call.hangUp();
    return false;
  }

  /** Types it until the room has this phone; false when it does not get in, and the call is over. */
  async #enterPin(call: Call, displayName: string, pin: string): Promise<boolean> {
    const { parley, room, tally, stop, name } = this.#options;
    for (let tries = 0; tries < maxPinTries && call.state === "answered" && !stop.aborted; tries += 1) {
      await this.#pause(500, 3000);
      // It is never let go when the call ends under it.
      await call.type(`${pin}#`).catch(() => {});
      for (let looks = 0; looks < 5 && call.state === "answered" && !stop.aborted; looks += 1) {
        await this.#pause(1000, 2000);
        tally.requests += 1;
        const participants = await parley.participants(room.id);
        if (participants.some(({ display_name }) => display_name === displayName)) return true;
      }
    }
    if (!stop.aborted) {
      tally.pinsRefused += 1;
      const end = call.state === "answered" ? undefined : await call.ended();
      tally.note(name, `did not get past the PIN: ${end?.reason?.text ?? "it is not in the room"}`);
    }
    await call.hangUp();
    return false;
  }

  async #act(call: Call, displayName: string): Promise<void> {
    const { tally, random, stop, name } = this.#options;
    const choice = random();
    try {
      if (choice < 0.2) {
        call.media.voice =
          call.media.voice.length > 0 ? [] : [{ frequency: 300 + Math.floor(random() * 1000), levelDbov }];
      } else if (choice < 0.4) {
        tally.keys += 1;
        await call.type(["1", "52", "*6", "*4", "*7", "*3", "*2", "*1"][Math.floor(random() * 8)]!);
      } else if (choice < 0.65) {
        tally.holds += 1;
        await call.reinvite({ hold: true });
        await this.#pause(1000, 6000);
        if (!stop.aborted && call.state === "answered") await call.reinvite({ hold: false });
      } else if (choice < 0.9) {
        await this.#mute(displayName);
      } else if (choice < 0.95) {
        // Goes on from another port, as behind a NAT.
        await call.media.rebind();
        await call.reinvite({});
      }
    } catch (error) {
      // What became of a call that ended in the meantime is told by its end.
      if (call.state === "answered") {
        tally.requestsFailed += 1;
        tally.note(name, error);
      }
    }
  }

  async #mute(displayName: string): Promise<void> {
    const { parley, room, tally, random } = this.#options;
    const participant = (await parley.participants(room.id)).find(
      ({ display_name }) => display_name === displayName,
    );
    tally.requests += 1;
    if (!participant) return;
    tally.mutes += 1;
    tally.requests += 1;
    await parley.command(room.id, participant.id, random() < 0.5 ? "mute" : "unmute");
  }

  /** By the API; false when the bridge does not have it in the room. */
  async #remove(call: Call, displayName: string): Promise<boolean> {
    const { parley, room, tally } = this.#options;
    tally.requests += 2;
    const participant = (await parley.participants(room.id)).find(
      ({ display_name }) => display_name === displayName,
    );
    if (!participant) return false;
    tally.removed += 1;
    await parley.command(room.id, participant.id, "destroy");
    await call.ended(answerLimitMs);
    return true;
  }

  /** Between so many milliseconds, or until the churn ends. */
  async #pause(minMs: number, maxMs: number): Promise<void> {
    const { random, stop } = this.#options;
    const ms = minMs + random() * (maxMs - minMs);
    await sleep(ms, undefined, { signal: stop }).catch(() => {});
  }
}
