// Restores the state of a worker in another process: first the rooms, then many legs at once, since only the commands of one
// leg depend on their order. A leg or room that cannot be restored is lost without affecting the others.
import { errorCode, errorMessage, type LegId, type Logger } from "#common";
import type { CommandName, CommandParams, CommandResult } from "../protocol.ts";
import type { Restoring, WorkerRecord } from "./worker-record.ts";

export interface RestoreOptions {
  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>>;
  readonly log: Pick<Logger, "warn">;
}

export interface Restored {
  readonly restored: readonly LegId[];
  /** The restored legs that are on other ports than before. */
  readonly moved: ReadonlySet<LegId>;
  readonly lost: readonly LegId[];
}

/** A leg takes some kilobytes: so many stay well below the channel's limit of unread bytes. */
const legsAtOnce = 100;

/** Undefined when the process died in the meantime. Never rejects. */
export async function restore(record: WorkerRecord, options: RestoreOptions): Promise<Restored | undefined> {
  const { log } = options;
  let died = false;
  const tell = async ({ command, params }: Restoring): Promise<void> => {
    try {
      await options.request(command, params);
    } catch (error) {
      if (errorCode(error) === "WORKER_DOWN") died = true;
      else log.warn({ command, why: errorMessage(error) }, "not restored");
    }
  };
  const restored: LegId[] = [];
  const moved = new Set<LegId>();
  const lost: LegId[] = [];
  const bring = async (id: LegId, params: CommandParams<"leg.restore">): Promise<void> => {
    try {
      const made = await options.request("leg.restore", params);
      restored.push(id);
      if (made.moved) moved.add(id);
    } catch (error) {
      if (errorCode(error) === "WORKER_DOWN") died = true;
      else log.warn({ leg: id, why: errorMessage(error) }, "a leg was not restored");
      lost.push(id);
    }
  };
  const rooms = record.openRooms().map(tell);
  const ids = [...record.legs.keys()];
  for (let at = 0; at < ids.length && !died; at += legsAtOnce) {
    const some = ids.slice(at, at + legsAtOnce).flatMap((id) => {
      const params = record.restoreLeg(id);
      return params ? [bring(id, params), ...record.afterLeg(id).map(tell)] : [];
    });
    await Promise.all(some);
  }
  await Promise.all(rooms);
  await Promise.all(record.arrangePictures().map(tell));
  return died ? undefined : { restored, moved, lost };
}
