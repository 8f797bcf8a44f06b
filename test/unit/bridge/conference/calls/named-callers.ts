// A bridge whose rooms may know people by the names they say, and where those names are.
import type { RoomFields } from "#conference/rooms";
import { settle } from "#test/support";
import { type BridgeOptions, bridge, type Caller, none, traces } from "./bridge.ts";

/** Names that are kept somewhere, by number. */
export function namedHouse(options: BridgeOptions = {}) {
  const kept = new Set<string>();
  let made = 0;
  const names = {
    next() {
      made += 1;
      const clip = `name${made}`;
      kept.add(clip);
      return names.again(clip);
    },
    again: (clip: string) => ({ clip, discard: () => void kept.delete(clip) }),
  };
  const house = bridge({ names, ...options });
  house.beforeLeg = (leg) => {
    leg.autocapture = said;
  };
  return {
    ...house,
    kept,
    named: (fields: RoomFields = {}) =>
      house.room({ ...fields, options: { announce: "names", ...fields.options } }),
    /** The caller is asked and does not answer yet. */
    answerLater: () => {
      house.beforeLeg = (leg) => {
        leg.autocapture = undefined;
      };
    },
    traces: () => ({ ...traces(house), kept: kept.size }),
  };
}

export const said = { outcome: "captured", durationMs: 800 } as const;
export const nothing = { outcome: "nothing", durationMs: 0 } as const;
export const clean = { ...none, kept: 0 };
export const asked = ["play vm-rec-name", "play beep", "capture"];
export const hangUp = async ({ invitation }: Caller) => {
  invitation.session.hangUp();
  await settle();
};
export const type = async ({ leg }: Caller, keys: string) => {
  leg.press(keys);
  await settle();
};
