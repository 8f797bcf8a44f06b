// How other applications bring people into rooms, in the words of the configuration.
import type { Clock, Logger } from "#common";
import type { Members } from "#conference/members";
import type { Rooms } from "#conference/rooms";
import type { Config } from "#config";
import type { JoinTokens } from "#services/join-tokens";
import { MemberTokens, Provisioning } from "#services/provisioning";
import type { Store } from "#services/store";

export interface ProvisioningParts {
  readonly config: Pick<Config, "participants">;
  readonly store: Pick<Store, "tokenFamilies">;
  readonly rooms: Rooms;
  readonly members: Members;
  readonly tokens: JoinTokens;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createProvisioning({
  config,
  store,
  rooms,
  members,
  ...parts
}: ProvisioningParts): Provisioning {
  const { allow_early_join, duplicate_policy, first_is_host, start_recording } = config.participants;
  const { token_seconds: accessSeconds, refresh_days } = config.participants;
  const refreshSeconds = refresh_days * 86_400;
  return new Provisioning({
    rooms,
    members,
    tokens: new MemberTokens({
      ...{ repository: store.tokenFamilies, accessSeconds, refreshSeconds },
      ...parts,
    }),
    policy: {
      allowEarlyJoin: allow_early_join,
      duplicates: duplicate_policy,
      firstIsHost: first_is_host,
      startRecording: start_recording,
    },
  });
}
