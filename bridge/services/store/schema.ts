// The tables as the queries see them: snake_case, and only the types that SQLite and PostgreSQL share. Instants
// are RFC 3339 in UTC with milliseconds, so that text order is time order; booleans are 0 and 1; lists are JSON.
import type { Generated, Kysely } from "kysely";
import type { StoredCall } from "#services/call-records";

export interface RoomRow {
  readonly id: string;
  readonly revision: number;
  readonly extension_number: string;
  readonly mode: string;
  readonly control: string;
  readonly height: number;
  readonly width: number;
  readonly bitrate: number;
  readonly framerate: number;
  readonly layout: string;
  readonly subject: string;
  readonly language: string;
  readonly capacity: number;
  readonly admin_pin: string | null;
  readonly room_pin: string | null;
  readonly enable_recording: number;
  readonly enable_prompt: number;
  readonly timezone: string;
  readonly created_at: string;
  readonly scheduled_start_at: string | null;
  readonly scheduled_end_at: string | null;
  readonly numbers: string;
  readonly internal_invitees: string;
  readonly external_invitees: string;
  readonly outbound_caller_ids: string;
  readonly custom_options: string;
  readonly options: string;
  readonly closed: number;
  /** JSON, but for what follows. */
  readonly access: string;
  readonly owner: string | null;
  readonly auto_deletion_date: string | null;
}

/** Of one room. */
export interface MemberRow {
  readonly room_id: string;
  readonly id: string;
  readonly participant_id: string;
  readonly name: string;
  readonly user_id: string | null;
  readonly external_user_id: string | null;
  readonly base_role: string;
  /** JSON: what differs from the base role. */
  readonly permissions: string;
  readonly link_secret: string;
  readonly archived: number;
  readonly created_at: string;
}

/** The lock and the mute, of rooms in which one is on. */
export interface RoomSwitchesRow {
  readonly room_id: string;
  readonly locked: number;
  readonly muted: number;
}

/** What the log has last told of a room; gone once it has told that the room is. */
export interface ToldRoomRow {
  readonly room_id: string;
  readonly revision: number;
  /** JSON, as events spell it. */
  readonly data: string;
  readonly locked: Generated<number>;
  readonly muted: Generated<number>;
}

/** Things whose beginning the log has told and whose end it has not. */
export interface ToldOpenRow {
  readonly kind: string;
  readonly id: string;
  /** Of the event that began it. */
  readonly seq: number;
  readonly room: string | null;
  readonly meeting: string | null;
  readonly participant: string | null;
  readonly since: string;
  /** JSON. */
  readonly data: string;
}

export interface ServerRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: number;
  readonly type: string;
  readonly ipv4: string | null;
  readonly ipv6: string | null;
  readonly max_rooms: number;
  readonly max_participants: number;
  readonly created_at: string;
}

export interface AnswerRow {
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: string;
  readonly created_at: string;
}

export interface EventRow {
  readonly seq: number;
  readonly id: string;
  readonly time: string;
  readonly type: string;
  readonly room: string | null;
  readonly meeting: string | null;
  readonly participant: string | null;
  /** JSON. */
  readonly data: string;
}

export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly types: string;
  readonly room: string | null;
  readonly enabled: number;
  readonly disabled_reason: string | null;
  readonly format: string;
  readonly secrets: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly position: number;
  readonly skipped: number;
}

export interface WebhookDeliveryRow {
  readonly number: Generated<number>;
  readonly id: string;
  readonly webhook: string;
  readonly event: string;
  readonly seq: number | null;
  readonly type: string;
  readonly created_at: string;
  readonly state: string;
  readonly next_attempt_at: string | null;
  readonly tries: number;
  readonly attempts: string;
  readonly payload: string;
}
type Snake<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : Name;

/** A column for every field. */
export type CallRecordRow = {
  readonly [Field in keyof StoredCall as Snake<Field>]: StoredCall[Field] extends number | null
    ? StoredCall[Field]
    : null extends StoredCall[Field]
      ? string | null
      : string;
};
export interface RecordingRow {
  readonly id: string;
  readonly room_id: string;
  readonly room_subject: string;
  readonly room_extension_number: string;
  readonly meeting_id: string;
  readonly state: string;
  readonly answered_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number;
  readonly format: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string | null;
  readonly tracks: string;
  readonly poster_bytes: number;
  readonly read: number;
  readonly warned_at: string | null;
  readonly warned_for: string | null;
}

export interface SettingRow {
  readonly name: string;
  readonly value: string;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly scopes: string;
  readonly addresses: string;
  readonly expires_at: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly folded_username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly role: string;
  readonly enabled: number;
  readonly password_hash: string;
  readonly created_at: string;
  readonly last_login_at: string | null;
}

/** Refresh tokens of a member that came of one another. */
export interface TokenFamilyRow {
  readonly id: string;
  readonly room_id: string;
  readonly member_id: string;
  readonly refresh_hash: string;
  readonly refresh_expires_at: string;
  readonly access_expires_at: string;
  readonly created_at: string;
}

export interface OidcUserRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly role: string;
  readonly enabled: number;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
}

export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly access_hash: string;
  readonly access_expires_at: string;
  readonly refresh_hash: string;
  readonly refresh_expires_at: string;
  readonly created_at: string;
}

export interface AuditRow {
  readonly id: Generated<number>;
  readonly at: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly operation: string;
  readonly object_id: string | null;
  readonly path: string;
  readonly fields: string;
  readonly address: string;
  readonly outcome: string;
  readonly status: number;
}

export interface AccountRow {
  readonly id: string;
  readonly revision: number;
  readonly extension: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly enabled: number;
  readonly ha1_md5: string;
  readonly ha1_sha256: string;
  readonly created_at: string;
}

export interface BindingRow {
  readonly address_of_record: string;
  readonly expires_at: string;
  /** JSON. */
  readonly binding: string;
}

export interface RevokedTokenRow {
  readonly id: string;
  readonly room_id: string;
  readonly issued_up_to: number | null;
  readonly expires_at: number;
}

export interface ChatMessageRow {
  readonly id: string;
  readonly room_id: string;
  readonly number: number;
  readonly meeting_id: string | null;
  readonly participant_id: string | null;
  readonly member_id: string | null;
  readonly user_id: string | null;
  readonly display_name: string;
  readonly text: string;
  readonly file_id: string | null;
  readonly sent_at: string;
}

export interface ChatFileRow {
  readonly id: string;
  readonly room_id: string;
  readonly owner: string;
  readonly name: string;
  readonly content_type: string;
  readonly size: number;
  readonly sha256: string | null;
  readonly state: "announced" | "ready" | "sent";
  readonly created_at: string;
}

export interface InvitedRow {
  readonly room_id: string;
  readonly revision: number;
  readonly meeting: string;
  readonly recipients: string;
}

export interface OutboxRow {
  readonly id: string;
  readonly room_id: string;
  readonly recipient: string;
  readonly letter: string;
  readonly attempts: number;
  readonly due_at: string;
}

export interface MigrationRow {
  readonly id: number;
  readonly name: string;
  readonly applied_at: string;
}

export interface Tables {
  readonly rooms: RoomRow;
  readonly room_switches: RoomSwitchesRow;
  readonly told_rooms: ToldRoomRow;
  readonly told_open: ToldOpenRow;
  readonly members: MemberRow;
  readonly servers: ServerRow;
  readonly answers: AnswerRow;
  readonly events: EventRow;
  readonly webhooks: WebhookRow;
  readonly webhook_deliveries: WebhookDeliveryRow;
  readonly call_records: CallRecordRow;
  readonly recordings: RecordingRow;
  readonly invited: InvitedRow;
  readonly outbox: OutboxRow;
  readonly settings: SettingRow;
  readonly api_keys: ApiKeyRow;
  readonly users: UserRow;
  readonly oidc_users: OidcUserRow;
  readonly token_families: TokenFamilyRow;
  readonly sessions: SessionRow;
  readonly audit: AuditRow;
  readonly accounts: AccountRow;
  readonly bindings: BindingRow;
  readonly revoked_tokens: RevokedTokenRow;
  readonly chat_messages: ChatMessageRow;
  readonly chat_files: ChatFileRow;
  readonly schema_migrations: MigrationRow;
}

export type Database = Kysely<Tables>;
