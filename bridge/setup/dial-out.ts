// Calling out for rooms: what the trunks' budgets allow, and who dials within them.

import type { Clock, Logger } from "#common";
import type { Calls } from "#conference/calls";
import { DialBudget, Dialer, type DialerOptions, type DialUsageRepository } from "#conference/dial-out";
import type { RoomsService } from "#conference/rooms";
import type { Config } from "#config";
import type { SipSetup } from "./sip-setup.ts";

export interface DialOutParts {
  readonly config: Config;
  readonly sipSetup: Pick<SipSetup, "sip" | "trunks" | "trunkList">;
  readonly repository: DialUsageRepository;
  readonly rooms: RoomsService;
  readonly calls: Pick<Calls, "place">;
  readonly accountTargets: DialerOptions["accountTargets"];
  readonly clock: Clock;
  readonly log: Logger;
}

export interface DialOut {
  readonly budget: DialBudget;
  readonly dialer: Dialer;
  close(): void;
}

export async function openDialOut(parts: DialOutParts): Promise<DialOut> {
  const { config, sipSetup, repository, rooms, calls, accountTargets, clock, log } = parts;
  const budget = await DialBudget.open({
    clock,
    repository,
    trunks: sipSetup.trunkList.map(({ name, dialOut }) => ({ name, ...dialOut })),
    onSaveFailed: (err) => log.error({ err }, "the minutes of a trunk were not stored"),
  });
  budget.events.on("frozen", (frozen) =>
    log.warn(frozen, "a trunk has used its minutes: nothing more is dialled"),
  );
  const dialer = new Dialer({
    clock,
    log,
    trunks: sipSetup.trunks,
    settings: sipSetup.trunkList,
    calls,
    accountTargets,
    budget,
    find: (room) => rooms.get(room),
    refusalOfInvited: (room) => rooms.refusalOfInvited(room),
    capacity: sipSetup.sip,
    maxPerRoom: config.rooms.max_dialling,
  });
  return {
    budget,
    dialer,
    close() {
      dialer.close();
      budget.close();
    },
  };
}
