export { FakeClock, settle } from "./fake-clock.ts";
export { type FakeDns, fakeDns, type Zone } from "./fake-dns.ts";
export { FakeCallRecordsRepository, noEntry, noRecords } from "./fakes/call-records.ts";
export { FakeEventsRepository } from "./fakes/events-repository.ts";
export { FakeLeg, FakeWorker, FakeWorkers } from "./fakes/media.ts";
export { FakeMembersRepository } from "./fakes/members-repository.ts";
export { FakeRecordingsRepository } from "./fakes/recordings-repository.ts";
export { FakeRoomsRepository } from "./fakes/rooms-repository.ts";
export { FakeServersRepository } from "./fakes/servers-repository.ts";
export {
  FakeAttempt,
  FakeCaller,
  FakeInvitation,
  type FakeInvitationOptions,
  FakeSession,
  fakeFlow,
} from "./fakes/sip.ts";
export { FakeRecords } from "./fakes/state-records.ts";
export { FakeTokenFamiliesRepository } from "./fakes/token-families-repository.ts";
export { noDialOut, trunkSettings } from "./fakes/trunks.ts";
export { FakeWebhooksRepository } from "./fakes/webhooks-repository.ts";
export { type Conditions, type HostOptions, MemoryNetwork, seededRandom, type WireEntry } from "./network.ts";
