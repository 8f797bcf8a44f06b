// The participants of a room on the wire: the fields of the conference API, then what Parley adds.
import { type Static, type TBoolean, Type } from "typebox";
import {
  defaultPermissions,
  type FindingCode,
  type FindingSeverity,
  findingCodes,
  findingSeverities,
  type MuteReason,
  muteReasons,
  type Permissions,
  permissionNames,
  type Role,
  roles,
  type ShownState,
  shownStates,
} from "#conference/rooms";
import { toSnake, toWireWithNulls, type WireWithNulls } from "../wire.ts";
import { oneOf, orNull } from "./room-fields.ts";

type PermissionFields = { [Name in keyof WireWithNulls<Permissions>]: TBoolean };

export const permissionsExample = toWireWithNulls(defaultPermissions.moderator);

export const permissionsSchema = (description: string) =>
  Type.Object(
    Object.fromEntries(
      permissionNames.map((name) => [
        toSnake(name),
        Type.Boolean({ description: `Whether they have \`${name}\`.` }),
      ]),
    ) as PermissionFields,
    { description },
  );

const example = {
  id: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
  display_name: "Ada",
  muted: false,
  chairman: true,
  position: -1,
  video: { camera: true, screen: false, refused: false },
  number: "1001",
  role: "host",
  mute_reasons: [],
  talking: true,
  held: false,
  hand_raised: false,
  joined_at: "2026-03-02T08:00:03.120Z",
  left_at: null,
  state: "joined",
  transport: "UDP",
  codecs: ["opus"],
  media_encryption: null,
  volume: 0,
  external_user_id: null,
  member_id: null,
  permissions: permissionsExample,
  quality: {
    mos: 4.3,
    loss_percent: 0.2,
    jitter_ms: 3.4,
    round_trip_ms: 21.5,
    delay_ms: 27.1,
    concealed_percent: 0.2,
    corrected_ms: 20,
    clipped_ms: 0,
    level_dbov: -24.3,
    remote_mos: 4.4,
    remote_loss_percent: 0,
    remote_jitter_ms: 2.1,
    packets_unsent: 0,
    unsent_reason: null,
    echo: false,
    video: {
      received_codec: "H264",
      received_width: 1280,
      received_height: 720,
      received_kbps: 1180,
      received_loss_percent: 0.1,
      frames_dropped: 4,
      drop_reason: "incomplete",
      sent_codec: "H264",
      sent_width: 1280,
      sent_height: 720,
      sent_kbps: 940,
      sent_loss_percent: 0,
      key_frame_requests_sent: 1,
      key_frame_requests_received: 2,
    },
  },
  findings: [
    {
      code: "LOSS_IN" as const,
      severity: "warning" as const,
      sentence: "4.2 % of the phone's packets were lost on the way to the bridge.",
      advice:
        "Packets are lost between the phone and the bridge. Look at Wi-Fi and at the uplink of the phone's site.",
      since: "2026-03-02T08:12:40.000Z",
    },
  ],
};

const numberOrNull = (description: string) =>
  Type.Unsafe<number | null>({ type: ["number", "null"], description });

const pixels = (description: string) => Type.Integer({ minimum: 0, description });

const videoQuality = Type.Object(
  {
    received_codec: orNull({ description: "Of their camera's pictures; null while none come." }),
    received_width: pixels("Of the picture that came last, in pixels; 0 before the first."),
    received_height: pixels("Likewise."),
    received_kbps: Type.Integer({ minimum: 0, description: "Kilobits of the last second." }),
    received_loss_percent: Type.Number({ description: "Packets of their camera that were lost." }),
    frames_dropped: Type.Integer({
      minimum: 0,
      description:
        "Pictures of their camera since the call began that could not be used, because they or what they build on were broken.",
    }),
    drop_reason: orNull({
      description:
        "Why the last of them that was broken itself was: `incomplete` (packets lost), `malformed`, `unsupported`, `too large`, " +
        "`no parameter sets`, `no key frame`; null: none was.",
    }),
    sent_codec: orNull({ description: "Of the room's picture that they are sent; null while it is not." }),
    sent_width: pixels("Of the room's picture as they are sent it, in pixels; 0 before the first."),
    sent_height: pixels("Likewise."),
    sent_kbps: Type.Integer({ minimum: 0, description: "Kilobits of the last second." }),
    sent_loss_percent: numberOrNull("What the phone lost of it; null while it reports nothing."),
    key_frame_requests_sent: Type.Integer({
      minimum: 0,
      description: "Key frames that were asked of their camera since the call began.",
    }),
    key_frame_requests_received: Type.Integer({
      minimum: 0,
      description: "Key frames that their phone has asked for since the call began.",
    }),
  },
  { description: "Pictures in both directions in the last seconds; null where no video is agreed on." },
);

const quality = Type.Object(
  {
    mos: numberOrNull("Estimated opinion score (ITU-T G.107), 1 to 4.5; null while unknown."),
    loss_percent: Type.Number({ description: "Packets that were lost." }),
    jitter_ms: Type.Number({ description: "How unevenly packets arrive." }),
    round_trip_ms: numberOrNull("There and back; null while unknown."),
    delay_ms: Type.Number({ description: "How long what comes from the phone waits until it is heard." }),
    concealed_percent: Type.Number({
      description: "Audio from the phone that was made up for lost packets.",
    }),
    corrected_ms: Type.Number({
      description:
        "Audio cut out or put in since the call began, to follow the phone's clock and the network.",
    }),
    clipped_ms: Type.Number({ description: "Audio since the call began that was too loud for its codec." }),
    level_dbov: Type.Number({ description: "How loud the phone is now; 0 is the loudest there is." }),
    remote_mos: numberOrNull("The same score for what the phone hears; null while it reports nothing."),
    remote_loss_percent: numberOrNull("What the phone lost of our packets; null while it reports nothing."),
    remote_jitter_ms: numberOrNull("How unevenly ours arrive there; null while it reports nothing."),
    packets_unsent: Type.Integer({
      minimum: 0,
      description:
        "Packets since the call began that the bridge's own machine refused to send: a firewall on it, no route.",
    }),
    unsent_reason: orNull({
      description:
        "Why the last of them was not sent: the system's name for it, such as `EPERM`; null: all were.",
    }),
    echo: Type.Boolean({ description: "Whether the participant's phone seems to send back what it hears." }),
    video: Type.Unsafe<Static<typeof videoQuality> | null>({ ...videoQuality, type: ["object", "null"] }),
  },
  {
    description:
      "How good the connection was in the last seconds: the worse of its two directions. Null at first.",
  },
);

const finding = Type.Object(
  {
    code: oneOf<FindingCode>(findingCodes, { description: "What it is, for programs." }),
    severity: oneOf<FindingSeverity>(findingSeverities, {
      description:
        "`error`: they cannot talk. `warning`: it is heard. `info`: it is made up for, or concerns keys alone.",
    }),
    sentence: Type.String({ description: "What is wrong, with the figure that shows it." }),
    advice: Type.String({ description: "What to look at." }),
    since: Type.String({ format: "date-time", description: "When it was found." }),
  },
  { description: "One thing that the figures of the call show to be wrong." },
);

const participant = {
  id: Type.String({ description: "The id of the participant." }),
  display_name: Type.String({ description: "The name shown to others." }),
  muted: Type.Boolean({ description: "Whether the others cannot hear this participant." }),
  chairman: Type.Boolean({ description: "Whether this is the chairman of the room." }),
  position: Type.Integer({
    minimum: -1,
    maximum: 8,
    description: "The cell of the picture that shows them, pinned or not; -1: none does.",
  }),
  video: Type.Object(
    {
      camera: Type.Boolean({ description: "Whether pictures of their camera come." }),
      screen: Type.Boolean({ description: "Whether they share a screen." }),
      refused: Type.Boolean({
        description:
          "Whether pictures of one of them are not decoded any more: the process that decodes has ended over them twice.",
      }),
    },
    { description: "The pictures that they send at this moment, seen by the others or not." },
  ),
  number: Type.String({ description: "The number the participant called from." }),
  role: oneOf<Role>(roles, { description: "`host` or `participant`." }),
  mute_reasons: Type.Array(oneOf<MuteReason>(muteReasons, {}), {
    description: "Why the participant is muted; empty when not.",
  }),
  talking: Type.Boolean({ description: "Whether speech is heard from this participant now." }),
  held: Type.Boolean({ description: "Whether the participant's phone has put the conference on hold." }),
  hand_raised: Type.Boolean({
    description: "Whether the participant has raised a hand to ask for the floor.",
  }),
  joined_at: Type.String({ format: "date-time", description: "When the participant came in." }),
  left_at: orNull({ format: "date-time", description: "When the participant went; null while inside." }),
  state: oneOf<ShownState>(shownStates, {
    description: "`joined`: inside. `left`: gone, as the event says that tells of it.",
  }),
  transport: orNull({
    description: "How signalling reaches their phone: `UDP`, `TCP` …; null when it is not known.",
  }),
  codecs: Type.Array(Type.String(), {
    description: "What is spoken with their phone; empty until the first packets.",
  }),
  media_encryption: orNull({
    description:
      "The suite of SRTP that their media are encrypted by, such as `AES_CM_128_HMAC_SHA1_80`; null: they pass in the clear.",
  }),
  volume: Type.Integer({ description: "How loud they hear the room, in dB; 0: unchanged." }),
  external_user_id: orNull({
    description: "The id that the client's own system has for them; null for callers by phone.",
  }),
  member_id: orNull({ description: "Whom the room has known in advance; null: no member." }),
  permissions: permissionsSchema("What they may do at this moment."),
  quality: Type.Unsafe<Static<typeof quality> | null>({ ...quality, type: ["object", "null"] }),
  findings: Type.Array(finding, {
    description: "What is wrong with their call at present, the worst first; empty: nothing that was found.",
  }),
};

export const participantSchema = Type.Object(participant, {
  description: "The participant.",
  examples: [example],
});

export const participantListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many participants there are." }),
    items: Type.Array(Type.Object(participant), { description: "The participants." }),
  },
  { description: "All participants of the room.", examples: [{ count: 1, items: [example] }] },
);
