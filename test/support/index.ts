export { FakeClock, settle } from "./fake-clock.ts";
export { type Conditions, type HostOptions, MemoryNetwork, seededRandom, type WireEntry } from "./network.ts";
