// Metrics of the present calls and rooms, and of ended calls by result.

import type { PinCounters, RoomCounts } from "#conference/rooms";
import type { CallLogCounters } from "#services/call-records";
import { byKey, type Meters, single } from "./meters.ts";

export interface CallSources {
  readonly calls: { readonly count: number };
  readonly callLog: { readonly counters: CallLogCounters };
  readonly rooms: { snapshot(): RoomCounts; readonly pinCounters: PinCounters };
}

export function measureCalls({ gauge, counter }: Meters, { calls, callLog, rooms }: CallSources): void {
  gauge("parley_calls", "Calls that are up or being set up.", [], () => single(calls.count));
  counter("parley_calls_total", "Calls that are over, by what came of them.", ["result"], () =>
    byKey("result", callLog.counters.results),
  );
  counter("parley_call_seconds_total", "How long answered calls have lasted.", [], () =>
    single(callLog.counters.seconds),
  );
  gauge("parley_call_records_waiting", "Call records that are not in the database yet.", [], () =>
    single(callLog.counters.waiting),
  );
  counter("parley_call_records_lost_total", "Call records given up because the database failed.", [], () =>
    single(callLog.counters.dropped),
  );
  counter(
    "parley_calls_unrecorded_total",
    "Calls without a record: never answered, of sources with more than 120 a minute.",
    [],
    () => single(callLog.counters.unrecorded),
  );
  counter(
    "parley_pins_total",
    "PINs and conference numbers that callers have typed: right, wrong, and those that had to wait or were refused unweighed.",
    ["outcome"],
    () => byKey("outcome", rooms.pinCounters),
  );
  gauge("parley_rooms_live", "Rooms with participants, a lock or a mute.", [], () =>
    single(rooms.snapshot().live),
  );
  gauge("parley_participants", "Participants in rooms.", [], () => single(rooms.snapshot().participants));
}
