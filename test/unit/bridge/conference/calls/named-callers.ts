// A bridge whose rooms may know people by the names they say, and where those names are.
import type { RoomFields } from "#conference/rooms";
import { settle } from "#test/support";
import { type BridgeOptions, type Caller, none, startBridge, traces } from "./bridge.ts";

/** Names that are kept somewhere, by number. */
export function bridgeWithNames(options: BridgeOptions = {}) {
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
  const bridge = startBridge({ names, ...options });
  bridge.beforeLeg = (leg) => {
    leg.autocapture = said;
  };
  return {
    ...bridge,
    kept,
    named: (fields: RoomFields = {}) =>
      bridge.room({ ...fields, options: { announce: "names", ...fields.options } }),
    /** The caller is asked and does not answer yet. */
    answerLater: () => {
      bridge.beforeLeg = (leg) => {
        leg.autocapture = undefined;
      };
    },
    traces: () => ({ ...traces(bridge), kept: kept.size }),
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
