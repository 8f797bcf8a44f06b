// How a number is called: over a trunk, or on the telephones of an account of this bridge. Pure.
import type { DialTarget } from "#conference/calls";
import type { Room } from "#conference/rooms";
import type { Trunks } from "#services/trunks";
import type { ChosenTrunk } from "./choose-trunk.ts";

export interface DialRoute {
  /** The trunk whose budget is charged; undefined: the call costs nothing. */
  readonly trunk: string | undefined;
  readonly ringSeconds: number;
  /** The callee is let in after pressing 1. */
  readonly confirm: boolean;
  /** Further tries after no answer or busy. */
  readonly retries: number;
  readonly retrySeconds: number;
  /** All targets ring at once. */
  readonly parallel: boolean;
  /** The current targets; empty: there is no phone to call. */
  readonly targets: () => readonly DialTarget[];
}

export type AccountTargets = (number: string, room: Room) => readonly DialTarget[] | undefined;

const accountRingSeconds = 45;

export function routeOverTrunk(
  { trunk, dialled }: ChosenTrunk,
  room: Room,
  trunks: Pick<Trunks, "routes">,
): DialRoute {
  const { ringSeconds, confirm, retries, retrySeconds } = trunk.dialOut;
  const callerId = room.outboundCallerIds.find(({ providerId }) => providerId === trunk.name)?.callerId;
  const displayName = room.subject || undefined;
  return {
    ...{ trunk: trunk.name, ringSeconds, confirm, retries, retrySeconds, parallel: false },
    targets: () => trunks.routes(trunk.name, dialled, { displayName, callerId }) as readonly DialTarget[],
  };
}

/** Undefined when the number is no account's. Accounts have no voicemail here, so callees are not asked to press 1. */
export function routeToAccount(number: string, room: Room, targetsOf: AccountTargets): DialRoute | undefined {
  if (targetsOf(number, room) === undefined) return undefined;
  return {
    ...{ trunk: undefined, ringSeconds: accountRingSeconds, confirm: false, retries: 0, retrySeconds: 0 },
    ...{ parallel: true, targets: () => targetsOf(number, room) ?? [] },
  };
}

/** Replaces a call of a host with that party: it is answered automatically, and costs nothing. */
export const routeToTakeOver = (target: DialTarget): DialRoute => ({
  ...{ trunk: undefined, ringSeconds: accountRingSeconds, confirm: false, retries: 0, retrySeconds: 0 },
  ...{ parallel: false, targets: () => [target] },
});
