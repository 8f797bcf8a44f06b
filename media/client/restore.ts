// Tells a worker process what another one had been brought to: the rooms, then many legs at once, since the commands of one leg
// are obeyed in their order. What cannot be restored is lost alone.
import { errorCode, errorMessage, type LegId, type Logger } from "#common";
import type { CommandName, CommandParams, CommandResult } from "../protocol.ts";
import type { Restoring, WorkerRecord } from "./worker-record.ts";

export interface RestoreOptions {
  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>>;
  readonly log: Pick<Logger, "warn">;
}

export interface Restored {
  readonly restored: readonly LegId[];
  /** Of these, those on other ports. */
  readonly moved: ReadonlySet<LegId>;
  readonly lost: readonly LegId[];
}

/** As much as the channel may hold unread with room to spare: some kilobytes a leg. */
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
