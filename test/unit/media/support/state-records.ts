// What a control process leaves of media workers for the next one, in memory.
import type { StateRecords } from "#common";
import type { MediaStateRecords } from "#media/client";
import { FakeRecords } from "#test/support";

type Fakes = {
  readonly [Name in keyof MediaStateRecords]: MediaStateRecords[Name] extends StateRecords<infer Value>
    ? FakeRecords<Value>
    : never;
};

/** `before`: of the previous control process; absent: there was none. */
export const mediaStateRecords = (before?: Fakes): Fakes => ({
  workers: before?.workers.next() ?? new FakeRecords(),
  rooms: before?.rooms.next() ?? new FakeRecords(),
  legs: before?.legs.next() ?? new FakeRecords(),
  checkpoints: before?.checkpoints.next() ?? new FakeRecords(),
});
