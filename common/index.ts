// Public interface of the common code, which every other folder may import and which imports nothing else of Parley.
export { askProgram } from "./ask-program.ts";
export { BoundedMap, type BoundedMapOptions } from "./bounded-map.ts";
export { type Clock, delay, systemClock, type Timer } from "./clock.ts";
export { DnsCache, type DnsCacheOptions, dnsLifetimes } from "./dns-cache.ts";
export { Emitter, type EventMap, type Unsubscribe } from "./emitter.ts";
export { equalInConstantTime } from "./equal-bytes.ts";
export { errorCode, errorMessage, ParleyError, StartError, unreachable } from "./errors.ts";
export { type AttemptLimits, FailedAttempts } from "./failed-attempts.ts";
export { freeBytesOf } from "./free-space.ts";
export {
  createResolver,
  emptyWithoutServer,
  findHostAddresses,
  type HostAddress,
  type HostQuestion,
} from "./host-addresses.ts";
export { formatHostPort } from "./host-port.ts";
export { IdleMemory, type IdleMemoryOptions, releaseMemory } from "./idle-memory.ts";
export {
  type CallId,
  type LegId,
  type MeetingId,
  type MemberId,
  newId,
  type ParticipantId,
  type RecordingId,
  type RoomId,
  randomText,
  randomToken,
  type ServerId,
} from "./ids.ts";
export {
  type Comparison,
  compareRows,
  type Filter,
  foldCase,
  type ListQuery,
  type ListRow,
  matchesFilter,
  matchesSearch,
  type OrderKey,
  type Page,
  type Scalar,
  type ScalarType,
  type Search,
  type Selection,
  type TextTest,
} from "./list-query.ts";
export {
  createLogger,
  type LogFormat,
  type Logger,
  type LogLevel,
  logFormats,
  logLevels,
  silentLogger,
} from "./logger.ts";
export { machineTime } from "./machine-time.ts";
export { mailAddress, optionalMailAddress } from "./mail-address.ts";
export { makeFolder } from "./make-folder.ts";
export { cutName, cutText, isName, lineBreaks, namePattern } from "./name-text.ts";
export {
  canonicalAddress,
  createNetworks,
  isTranslatedAddress,
  type Networks,
  parseNetwork,
  plainAddress,
  privateNetworks,
  sourceOf,
  unmapped,
} from "./networks.ts";
export { callerIdPattern, isCallerId, isNumber, isPattern, matchesPattern } from "./number-pattern.ts";
export { addressBytes, maxPcapPayload, type PcapEnd, PcapRecords, pcapHeader } from "./pcap.ts";
export { PerSecond } from "./per-second.ts";
export {
  comingInstant,
  PersistentMap,
  type PersistentMapOptions,
  pastInstant,
  wallClockInstant,
} from "./persistent-map.ts";
export { type ProcessMemory, processMemory } from "./process-memory.ts";
export { BusyShare, type BusyTimes, readProcessors } from "./processor-use.ts";
export { Quota } from "./quota.ts";
export { type RateLimit, RateLimiter } from "./rate-limiter.ts";
export { fail, ok, type Result } from "./result.ts";
export { roundTo } from "./round.ts";
export { SerialQueue } from "./serial-queue.ts";
export { SerialQueues } from "./serial-queues.ts";
export { signalChild } from "./signal-child.ts";
export { type MinuteCount, SlidingWindow } from "./sliding-window.ts";
export { noStateRecords, type StateRecords } from "./state-records.ts";
export { type Limit, within } from "./within.ts";
