// What the scenarios share: one running Parley a file, callers each with a tone of their own, and the logs of a
// scenario that failed.
import { afterAll, afterEach, beforeAll, expect, onTestFailed } from "vitest";
import { type ParleyOptions, ParleyProcess } from "../support/parley.ts";
import type { Call, CallOptions } from "../support/phone/index.ts";
import type { Tone } from "../support/tones.ts";

/** Far from one another, from each other's harmonics and from telephone keys' tones. */
export const tones = {
  alice: { frequency: 440, levelDbov: -20 },
  bob: { frequency: 1040, levelDbov: -20 },
  carol: { frequency: 1720, levelDbov: -20 },
} as const satisfies Record<string, Tone>;

export type Name = keyof typeof tones;

export interface Caller {
  readonly name: Name;
  readonly call: Call;
  /** Waits until exactly these are heard, each at the level it speaks with, and no others. */
  hears(...others: Name[]): Promise<void>;
}

/** Starts Parley before the file's tests; afterwards it must end of itself and with code 0. */
export function useParley(options: ParleyOptions = {}): () => ParleyProcess {
  let parley: ParleyProcess | undefined;
  beforeAll(async () => {
    parley = await ParleyProcess.start(options);
  });
  afterEach(() => parley?.hangUpAll());
  afterAll(async () => {
    if (!parley) return;
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
    expect(parley.logs.filter((line) => line.includes("a task in the background failed"))).toEqual([]);
  });
  return () => {
    const running = parley!;
    onTestFailed(() => {
      process.stderr.write(`${running.logs.slice(-40).join("\n")}\n${running.stderr}\n`);
    });
    return running;
  };
}

/** Dials, speaks its tone, and is in the call when this resolves. */
export async function join(
  parley: ParleyProcess,
  name: Name,
  extension: string,
  options: CallOptions = {},
): Promise<Caller> {
  const phone = await parley.phone(name);
  const call = await phone.call(extension, options);
  await call.answered();
  return caller(name, call);
}

export function caller(name: Name, call: Call): Caller {
  call.media.voice = [tones[name]];
  const all = Object.keys(tones) as Name[];
  return {
    name,
    call,
    hears: (...others) =>
      call.ear.hearsExactly(
        others.map((other) => tones[other]),
        all.filter((one) => !others.includes(one)).map((one) => tones[one].frequency),
      ),
  };
}

let lastExtension = 7000;
/** An extension that no other test of this file uses. */
export const newExtension = (): string => String(++lastExtension);
