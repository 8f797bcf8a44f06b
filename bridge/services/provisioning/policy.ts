// The policy of the bridge's owner for applications that bring people into rooms. Pure.
import type { Role } from "#conference/rooms";

export const duplicatePolicies = ["return", "reject", "replace"] as const;
/** What an external user who is added again gets: the participant that is there, a refusal, or another participant. */
export type DuplicatePolicy = (typeof duplicatePolicies)[number];

export const recordingStarters = ["never", "host", "first"] as const;
/** Whom a client shall start the recording for: none, each host, or the first participant. */
export type RecordingStarter = (typeof recordingStarters)[number];

export interface TenantPolicy {
  /** A room that is not there is made. */
  readonly allowEarlyJoin: boolean;
  readonly duplicates: DuplicatePolicy;
  /** The participant who is added first without a role is a host. */
  readonly firstIsHost: boolean;
  readonly startRecording: RecordingStarter;
}

/** Hosts may exceed the capacity by one, so that they can always enter. */
export const hasPlace = (capacity: number, taken: number, role: Role): boolean =>
  taken < capacity + (role === "host" ? 1 : 0);

/** Whether the client of this participant shall start the recording of a room in which none runs. */
export function clientStartsRecording(
  starter: RecordingStarter,
  { role, isFirst }: { readonly role: Role; readonly isFirst: boolean },
): boolean {
  switch (starter) {
    case "never":
      return false;
    case "host":
      return role === "host";
    case "first":
      return isFirst;
  }
}
