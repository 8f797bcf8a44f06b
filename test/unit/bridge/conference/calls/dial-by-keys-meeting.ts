// A host in a room with a guest, and a dialer for the host's keys.

import { fail, ok } from "#common";
import type { HostDialer } from "#conference/calls";
import type { RoomProblem } from "#conference/rooms";
import { settle } from "#test/support";
import { type Bridge, type BridgeOptions, type Caller, startBridge } from "./bridge.ts";

const way = { to: "sip:205@pbx", from: { uri: "sip:8000@pbx" } };
export const ask = "vm-enter-num-to-call vm-then-pound";

export const press = async ({ leg }: Caller, keys: string) => {
  leg.press(keys);
  await settle();
};

/** What the caller alone has heard since the last time. */
export function ears({ leg }: Caller): () => string[] {
  let from = leg.heard.length;
  return () => {
    const news = leg.heard.slice(from);
    from = leg.heard.length;
    return news;
  };
}

interface Wishes extends BridgeOptions {
  readonly confirm?: boolean;
  readonly fields?: Parameters<Bridge["room"]>[0];
}

/** A room with a host and a guest, and a dialer that dials what begins with 2. */
export async function meeting({ confirm = false, fields = {}, ...options }: Wishes = {}) {
  const bridge = startBridge(options);
  const room = await bridge.room({ adminPin: "9999", roomPin: "1234", ...fields });
  const host = await bridge.call(room, { number: "101" });
  await press(host, "9999");
  const guest = await bridge.call(room, { number: "102" });
  await press(guest, "1234");
  const dialled: string[] = [];
  const trunk: { forHosts: boolean; problem?: RoomProblem["code"] } = { forHosts: true };
  const dialer: HostDialer = {
    get forHosts() {
      return trunk.forHosts;
    },
    callForHost(into, { number, invitedBy }) {
      const notAllowed = number.startsWith("2") ? undefined : "DIAL_OUT_NOT_ALLOWED";
      const code = trunk.problem ?? notAllowed;
      if (code) return fail({ code, message: "refused" });
      dialled.push(`${number} by ${invitedBy === host.leg.id ? "the host" : invitedBy}`);
      const call = bridge.calls.place({
        room: into.id,
        number,
        invitedBy,
        targets: [way],
        ringSeconds: 45,
        confirm,
      });
      return ok(call);
    },
  };
  bridge.calls.hostDialer = dialer;
  const leave = async () => {
    for (const { invitation } of [host, guest]) invitation.session.hangUp();
    await settle();
  };
  return { bridge, room, host, guest, trunk, dialled, leave };
}

/** Looped tones go on until they are stopped. */
export const patient = (caller: Caller) => {
  caller.leg.autoplay = false;
};
