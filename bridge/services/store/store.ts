// The database: opened and migrated, with one repository for each noun.

import { type Clock, systemClock } from "#common";
import type { ChatRepository } from "#conference/chat";
import type { DialUsageRepository } from "#conference/dial-out";
import type { MembersRepository } from "#conference/members";
import type { RecordingsRepository } from "#conference/recordings";
import type { RoomsRepository } from "#conference/rooms";
import type {
  AuditRepository,
  KeysRepository,
  OidcUsersRepository,
  SessionsRepository,
  UsersRepository,
} from "#services/access";
import type { AccountsRepository } from "#services/accounts";
import type { CallRecordsRepository } from "#services/call-records";
import type { EventsRepository } from "#services/events";
import type { RevocationsRepository } from "#services/join-tokens";
import type { InvitationsRepository } from "#services/mail-invites";
import type { ServersRepository } from "#services/nodes";
import type { TokenFamiliesRepository } from "#services/provisioning";
import type { WebhooksRepository } from "#services/webhooks";
import type { BindingsRepository } from "#sip";
import { createAccountsRepository } from "./accounts-repository.ts";
import { type AdminKey, createAdminKey } from "./admin-key.ts";
import { createAuditRepository } from "./audit-repository.ts";
import { createBindingsRepository } from "./bindings-repository.ts";
import { createCallRecordsRepository } from "./call-records-repository.ts";
import { createChatRepository } from "./chat-repository.ts";
import { openDatabase } from "./database.ts";
import { createDialUsageRepository } from "./dial-usage-repository.ts";
import { createEventsRepository } from "./events-repository.ts";
import { createIdempotencyRepository, type IdempotencyRepository } from "./idempotency-repository.ts";
import { createInvitationsRepository } from "./invitations-repository.ts";
import { createKeysRepository } from "./keys-repository.ts";
import { createMembersRepository } from "./members-repository.ts";
import { createOidcUsersRepository } from "./oidc-users-repository.ts";
import { createRecordingsRepository } from "./recordings-repository.ts";
import { createRevocationsRepository } from "./revocations-repository.ts";
import { createRoomsRepository } from "./rooms-repository.ts";
import { createServersRepository } from "./servers-repository.ts";
import { createSessionsRepository } from "./sessions-repository.ts";
import { createSettingsRepository, type SettingsRepository } from "./settings-repository.ts";
import { createTokenFamiliesRepository } from "./token-families-repository.ts";
import { createUsersRepository } from "./users-repository.ts";
import { createWebhooksRepository } from "./webhooks-repository.ts";

export interface Store {
  readonly rooms: RoomsRepository;
  readonly members: MembersRepository;
  readonly servers: ServersRepository;
  readonly idempotency: IdempotencyRepository;
  readonly events: EventsRepository;
  readonly webhooks: WebhooksRepository;
  readonly accounts: AccountsRepository;
  readonly bindings: BindingsRepository;
  readonly revocations: RevocationsRepository;
  readonly tokenFamilies: TokenFamiliesRepository;
  readonly keys: KeysRepository;
  readonly callRecords: CallRecordsRepository;
  readonly users: UsersRepository;
  readonly oidcUsers: OidcUsersRepository;
  readonly sessions: SessionsRepository;
  readonly audit: AuditRepository;
  readonly recordings: RecordingsRepository;
  readonly chat: ChatRepository;
  readonly invitations: InvitationsRepository;
  readonly settings: SettingsRepository;
  readonly dialUsage: DialUsageRepository;
  readonly adminKey: AdminKey;
  /** Queries that have failed. */
  readonly errors: number;
  /** Rejects when the database no longer answers. */
  ping(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the file, making it when there is none, and brings its schema up to date. `inThread`: what writes runs in a thread of its
 * own; not for `:memory:`. Throws StartError.
 */
export async function openStore(
  path: string,
  clock: Clock = systemClock,
  { inThread = false } = {},
): Promise<Store> {
  let errors = 0;
  const onError = () => {
    errors += 1;
  };
  const database = await openDatabase(path, clock, { inThread, onError });
  const settings = createSettingsRepository(database);
  let closed: Promise<void> | undefined;
  return {
    rooms: createRoomsRepository(database),
    members: createMembersRepository(database),
    servers: createServersRepository(database),
    idempotency: createIdempotencyRepository(database),
    events: createEventsRepository(database),
    webhooks: createWebhooksRepository(database),
    accounts: createAccountsRepository(database),
    bindings: createBindingsRepository(database),
    revocations: createRevocationsRepository(database, settings),
    tokenFamilies: createTokenFamiliesRepository(database),
    keys: createKeysRepository(database),
    callRecords: createCallRecordsRepository(database),
    users: createUsersRepository(database),
    oidcUsers: createOidcUsersRepository(database),
    sessions: createSessionsRepository(database),
    audit: createAuditRepository(database),
    recordings: createRecordingsRepository(database),
    chat: createChatRepository(database),
    invitations: createInvitationsRepository(database),
    settings,
    dialUsage: createDialUsageRepository(settings),
    adminKey: createAdminKey(settings),
    get errors() {
      return errors;
    },
    async ping() {
      await settings.get("ping");
    },
    close() {
      closed ??= database.destroy();
      return closed;
    },
  };
}
