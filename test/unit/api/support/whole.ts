// The API over everything behind it: real rooms, real calls on fake callers and media, a real database in memory.

import { silentLogger } from "#common";
import { Members } from "#conference/members";
import { Accounts } from "#services/accounts";
import { type CallLog, openCallLog } from "#services/call-records";
import { JoinTokens } from "#services/join-tokens";
import { createServers, openLocalServer } from "#services/nodes";
import { MemberTokens, Provisioning, type TenantPolicy } from "#services/provisioning";
import { openStore, type Store } from "#services/store";
import { FakeClock } from "#test/support";
import { isDisabledUser } from "../../../../bridge/setup/follow-users.ts";
import { entryTermsOf } from "../../../../bridge/setup/web-phone.ts";
import { type Bridge, type BridgeOptions, startBridge } from "../../bridge/conference/calls/bridge.ts";
import { Fixture } from "./fixture.ts";

export interface Whole {
  readonly api: Fixture;
  readonly bridge: Bridge;
  readonly store: Store;
  readonly calls: CallLog;
  readonly tokens: JoinTokens;
  readonly members: Members;
  readonly provisioning: Provisioning;
  close(): Promise<void>;
}

export interface WholeOptions extends Pick<BridgeOptions, "lobby" | "recordings"> {
  /** What other applications may do. */
  readonly policy?: Partial<TenantPolicy>;
  readonly maxRoomsOfUser?: number;
}

const usualPolicy: TenantPolicy = {
  ...{ allowEarlyJoin: true, duplicates: "return", firstIsHost: false, startRecording: "never" },
};

/** `recordings`: what rooms record with; without it they cannot. `lobby`: the number that asks for a conference. */
export async function wholeApi({
  recordings,
  lobby,
  policy,
  maxRoomsOfUser = 100,
}: WholeOptions = {}): Promise<Whole> {
  const clock = new FakeClock();
  const store = await openStore(":memory:", clock);
  const tokens = await JoinTokens.open({ repository: store.revocations, clock });
  const calls = await openCallLog({ repository: store.callRecords, clock, log: silentLogger, keepDays: 0 });
  const behind: Bridge = startBridge({
    ...{ clock, records: calls, repository: store.rooms, recordings, lobby },
    termsOf: ({ principal }) => entryTermsOf({ tokens, members }, principal),
  });
  const { rooms } = behind;
  const members: Members = new Members({
    ...{ repository: store.members, rooms, clock },
    revoke: (room, holder) => tokens.revokeAllOfHolder(room, holder),
    isDisabled: (id) => isDisabledUser(api.access, id),
  });
  const families = { repository: store.tokenFamilies, tokens, clock, log: silentLogger };
  const provisioning = new Provisioning({
    ...{ rooms, members, policy: { ...usualPolicy, ...policy } },
    tokens: new MemberTokens({ ...families, accessSeconds: 3600, refreshSeconds: 86_400 }),
  });
  const address = { ipv4: "192.0.2.10", ipv6: null };
  const local = await openLocalServer({ repository: store.servers, clock, address, draining: () => false });
  const machine = { usage: { cpu: 21, memory: 48 } };
  const servers = createServers({ repository: store.servers, local, rooms, machine, clock });
  const accounts = {
    accounts: await Accounts.open({ repository: store.accounts, realm: "parley", clock }),
    registrationsOf: () => [],
  };
  const webPhones = {
    address: {
      ...{ domain: "pbx.example.com", sbcHost: "meet.example.com", sbcPort: 443 },
      joinPage: "https://meet.example.com/join/",
    },
    tokens,
    iceServers: () => [],
  };
  const api: Fixture = await Fixture.create({
    ...{ accounts, rooms, members, provisioning, servers, calls, webPhones, clock },
    ...{ idempotencyStore: store.idempotency, maxRoomsOfUser },
  });
  return {
    api,
    bridge: behind,
    store,
    calls,
    tokens,
    members,
    provisioning,
    async close() {
      await api.app.close();
      await behind.calls.endAll({ status: 503, text: "Server stopped" });
      await calls.close();
      await rooms.close();
      await store.close();
    },
  };
}
