// The shapes of the participants API on the wire, as its clients know them.
import { Type } from "typebox";
import { type Role, roles } from "#conference/rooms";
import { duplicatePolicies, recordingStarters, type TenantPolicy } from "#services/provisioning";
import { nameText } from "../texts.ts";

const maxNameLength = 64;
const maxBulkItems = 100;

export const describe = (operationId: string, summary: string) => ({
  tags: ["Participants"],
  operationId,
  summary,
});

export const roomParams = Type.Object({
  id: Type.String({
    description: "The id of the room, or its name (`subject`) where only one room has that.",
    examples: ["CS101 Lecture"],
  }),
});

export const participantParams = Type.Object({
  ...roomParams.properties,
  pid: Type.String({ description: "The id of the participant." }),
});

const role = (description: string) => Type.Unsafe<Role>({ type: "string", enum: [...roles], description });

const displayName = Type.String({
  minLength: 1,
  maxLength: maxNameLength,
  pattern: nameText,
  description: "The name that others see.",
});

export const personSchema = Type.Object(
  {
    display_name: displayName,
    external_user_id: Type.Optional(
      Type.Unsafe<string | null>({
        ...{ type: ["string", "null"], minLength: 1, maxLength: 128, pattern: nameText },
        description:
          "What your application calls this person. The same one is the same participant of the room.",
      }),
    ),
    role: Type.Optional(
      role("As what they come in. Without it `participant`, or `host` for the first of a room without one."),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ display_name: "John Doe", external_user_id: "user_123", role: "participant" }],
  },
);

export const bulkSchema = Type.Object(
  {
    participants: Type.Array(
      Type.Unknown({ description: "As the body of adding one participant; each is judged for itself." }),
      { minItems: 1, maxItems: maxBulkItems, description: "Whom to add, in this order." },
    ),
  },
  {
    additionalProperties: false,
    examples: [
      {
        participants: [
          { display_name: "Alice", external_user_id: "user_001", role: "participant" },
          { display_name: "Bob", external_user_id: "user_002", role: "participant" },
        ],
      },
    ],
  },
);

const id = Type.String({ description: "The id of the participant; the same while they are inside." });
const externalUserId = Type.Optional(
  Type.String({ description: "What your application calls this person; absent: nothing." }),
);

const accessToken = Type.String({ description: "Opens the room, by WebRTC and SIP: a join token." });
const authToken = Type.String({ description: "Opens the API, in this room only." });
const tokenFields = {
  access_token: accessToken,
  refresh_token: Type.String({
    description: "For the next tokens, as bearer credential of the token operation. It works once.",
  }),
  token_type: Type.Unsafe<"Bearer">({ type: "string", enum: ["Bearer"], description: "Always `Bearer`." }),
  expires_in: Type.Integer({ description: "Seconds that `access_token` and `auth_token` last." }),
  auth_token: authToken,
};

const tenantConfig = Type.Object(
  {
    allow_early_join: Type.Boolean({ description: "A room that is not there is made." }),
    duplicate_policy: Type.Unsafe<TenantPolicy["duplicates"]>({
      ...{ type: "string", enum: [...duplicatePolicies] },
      description: "What the same `external_user_id` gets.",
    }),
    first_is_host: Type.Boolean({
      description: "The participant who is added first without a role is a host.",
    }),
    start_recording: Type.Unsafe<TenantPolicy["startRecording"]>({
      ...{ type: "string", enum: [...recordingStarters] },
      description: "Whose client shall start the recording.",
    }),
  },
  { description: "The settings of this bridge for the participants API." },
);

const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI1ZDFmIn0.c2lnbmF0dXJl";
const participantId = "5b0e3a52-64a3-4b8f-8a51-0e5d0c5a7a10";
const roomId = "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f";
const tokenExample = {
  ...{ access_token: token, refresh_token: token, token_type: "Bearer", expires_in: 3600, auth_token: token },
};

const added = {
  participant: Type.Object(
    {
      id,
      room_id: Type.String({ description: "The id of the room." }),
      display_name: displayName,
      external_user_id: externalUserId,
      role: role("As what they come in."),
    },
    { description: "The participant." },
  ),
  room: Type.Object(
    {
      id: Type.String({ description: "The id of the room." }),
      name: Type.String({ description: "The name of the room, its `subject`." }),
      status: Type.Unsafe<"active" | "inactive">({
        ...{ type: "string", enum: ["active", "inactive"] },
        description: "`inactive`: no participant can enter now.",
      }),
    },
    { description: "The room." },
  ),
  room_created: Type.Boolean({ description: "The room was made for this participant." }),
  tenant_config: tenantConfig,
  ...tokenFields,
  should_start_recording: Type.Boolean({ description: "Whether the client shall start the recording." }),
};
const addedExample = {
  participant: {
    ...{ id: participantId, room_id: roomId, display_name: "John Doe" },
    ...{ external_user_id: "user_123", role: "participant" },
  },
  room: { id: roomId, name: "CS101 Lecture", status: "active" },
  room_created: false,
  tenant_config: {
    ...{ allow_early_join: false, duplicate_policy: "return", first_is_host: true, start_recording: "never" },
  },
  ...tokenExample,
  should_start_recording: false,
};

export const addedSchema = Type.Object(added, {
  description: "The participant was added.",
  examples: [addedExample],
});
export const returnedSchema = Type.Object(added, {
  description: "The participant with this `external_user_id` was there already; these are further tokens.",
  examples: [addedExample],
});

export const listQuery = Type.Object({
  active: Type.Optional(
    Type.Boolean({ default: false, description: "Only those who are inside now.", examples: [true] }),
  ),
});

export const listSchema = Type.Object(
  {
    participants: Type.Array(
      Type.Object({
        id,
        display_name: Type.String({ description: "The name that others see." }),
        external_user_id: externalUserId,
        role: role("As what they are inside, or may come in."),
        joined_at: Type.Optional(
          Type.String({
            format: "date-time",
            description: "When they came in; absent: they are not inside.",
          }),
        ),
      }),
      { description: "Those who were added, and all others who are inside." },
    ),
  },
  {
    description: "The participants.",
    examples: [
      {
        participants: [
          {
            ...{ id: participantId, display_name: "John Doe", external_user_id: "user_123", role: "host" },
            joined_at: "2026-01-06T10:00:00.000Z",
          },
          {
            id: roomId,
            display_name: "Jane Smith",
            role: "participant",
            joined_at: "2026-01-06T10:05:00.000Z",
          },
        ],
      },
    ],
  },
);

export const tokensSchema = Type.Object(tokenFields, {
  description: "The next tokens.",
  examples: [tokenExample],
});

export const resultsSchema = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        participant_id: Type.Optional(Type.String({ description: "The id of the participant." })),
        success: Type.Boolean({ description: "Whether they were added, or were there already." }),
        access_token: Type.Optional(accessToken),
        auth_token: Type.Optional(authToken),
        error: Type.Optional(Type.String({ description: "Why they were not added." })),
      }),
      { description: "One for each, in the order of the request." },
    ),
  },
  {
    description: "What came of each.",
    examples: [
      {
        results: [
          { participant_id: participantId, success: true, access_token: token, auth_token: token },
          { success: false, error: "display_name is required" },
        ],
      },
    ],
  },
);
