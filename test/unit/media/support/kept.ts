// What a control process leaves of media workers for the next one, in memory.
import type { KeptRecords } from "#common";
import type { KeptMedia } from "#media/client";
import { FakeRecords } from "#test/support";

type Fakes = {
  readonly [Name in keyof KeptMedia]: KeptMedia[Name] extends KeptRecords<infer Value>
    ? FakeRecords<Value>
    : never;
};

/** `before`: of the control process before; absent: there was none. */
export const keptMedia = (before?: Fakes): Fakes => ({
  workers: before?.workers.next() ?? new FakeRecords(),
  rooms: before?.rooms.next() ?? new FakeRecords(),
  legs: before?.legs.next() ?? new FakeRecords(),
  checkpoints: before?.checkpoints.next() ?? new FakeRecords(),
});
