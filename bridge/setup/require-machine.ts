// Holds a start until this machine has what the configuration needs, or refuses it.
import { type Clock, delay, StartError } from "#common";
import { type MachineOptions, readMachine } from "./machine.ts";
import type { Machine } from "./machine-facts.ts";
import { refusalOf, type StartRefusal } from "./start-refusals.ts";

export interface MachineNeeds extends MachineOptions {
  /** Whether to wait for what may pass: the time from the network, an address. Each reason is said once. */
  readonly wait: boolean;
  readonly clock: Clock;
}

const lookEveryMs = 1000;

/** Throws StartError. */
export async function requireMachine(
  needs: MachineNeeds,
  read: (options: MachineOptions) => Machine = readMachine,
  say: (text: string) => void = (text) => void process.stderr.write(text),
): Promise<void> {
  let said: StartRefusal["passing"];
  for (;;) {
    const refusal = refusalOf(needs.config, read(needs));
    if (refusal === undefined) return;
    const { sentence, passing } = refusal;
    if (!needs.wait || passing === undefined) throw new StartError(sentence);
    if (passing !== said) say(`parley: ${sentence}; the start waits for it\n`);
    said = passing;
    await delay(needs.clock, lookEveryMs);
  }
}
