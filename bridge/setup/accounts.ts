// Makes the accounts and their registrar: each registration belongs to an account, and ends with its credentials.
import type { Clock, Logger } from "#common";
import type { Calls } from "#conference/calls";
import type { ReasonCode, Room } from "#conference/rooms";
import type { Config } from "#config";
import { Accounts, type AccountTarget, principalIdOf, targetsOf } from "#services/accounts";
import type { JoinTokens } from "#services/join-tokens";
import type { Store } from "#services/store";
import { type DigestGuard, formatUri, type Principal, parseSipUri, Registrar, type SipEndpoint } from "#sip";
import { sipRealm } from "./sip-realm.ts";
import type { SipSetup } from "./sip-setup.ts";

/** Numbers that neither an account nor a room may have. */
export const reservedNumbers = ({ rooms: { lobby_extension: lobby } }: Config): readonly string[] =>
  lobby === "" ? [] : [lobby];

export function openAccounts(config: Config, store: Store, clock: Clock): Promise<Accounts> {
  const reserved = reservedNumbers(config);
  return Accounts.open({ repository: store.accounts, realm: sipRealm, reserved, clock });
}

const notValid = {
  status: 403,
  text: "These credentials are not valid any more",
  code: "CREDENTIALS_REVOKED" satisfies ReasonCode,
};

export interface RegistrarParts {
  readonly config: Config;
  readonly store: Pick<Store, "bindings">;
  readonly accounts: Accounts;
  readonly sipSetup: Pick<SipSetup, "isKnown"> & {
    readonly sip: SipEndpoint;
    readonly digestGuard: Pick<DigestGuard, "principalOf">;
  };
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes REGISTER from now on. */
export function createRegistrar(parts: RegistrarParts): Registrar {
  const { config, store, accounts, sipSetup, userAgent, clock, log } = parts;
  const { sip, digestGuard, isKnown } = sipSetup;
  const { min_seconds, max_seconds, max_contacts } = config.registrar;
  const registrar = new Registrar({
    ...{ clock, log, isKnown },
    repository: store.bindings,
    limits: { minSeconds: min_seconds, maxSeconds: max_seconds, maxContacts: max_contacts },
    product: userAgent,
    principalOf: (request) => digestGuard.principalOf(request),
    connections: sip.connections,
    flowTo: (uri) => sip.flowTo(uri),
  });
  sip.addListener(registrar);
  accounts.events.on("revoked", ({ account }) => {
    registrar
      .remove(account.extension)
      .catch((err) => log.error({ err, account: account.extension }, "registrations were not removed"));
  });
  return registrar;
}

/** When credentials are revoked, ends the calls, with a BYE, and then the connections opened with them. */
export function endRevoked({
  accounts,
  tokens,
  calls,
  sip,
}: {
  readonly accounts: Pick<Accounts, "events">;
  readonly tokens: Pick<JoinTokens, "events">;
  readonly calls: Pick<Calls, "endCallsOf">;
  readonly sip: Pick<SipEndpoint, "closeConnectionsOf">;
}): void {
  const end = (revokes: (principal: Principal) => boolean) =>
    void calls.endCallsOf(revokes, notValid).finally(() => sip.closeConnectionsOf(revokes));
  accounts.events.on("revoked", ({ account }) => end(({ id }) => id === principalIdOf(account)));
  tokens.events.on("revoked", ({ revokes }) => end(revokes));
}

/** For the dialer: undefined when the number is no account's; none while it is not registered. */
export const accountTargets =
  (accounts: Accounts, registrar: Pick<Registrar, "bindingsOf">) =>
  (number: string, room: Pick<Room, "extensionNumber" | "subject">): readonly AccountTarget[] | undefined => {
    const account = accounts.find(number);
    if (!account) return undefined;
    return targetsOf(account.enabled ? registrar.bindingsOf(account.extension) : [], ({ flow }) => {
      const uri = { ...parseSipUri(`sip:${room.extensionNumber}@host`), host: flow.local.address };
      return { uri: formatUri(uri), displayName: room.subject || undefined };
    });
  };
