// Calls and call records on the wire. The fields are the domain's own, in the wire spelling; what is not known is
// absent.
import { Type } from "typebox";
import {
  type CallDirection,
  type CallResult,
  callDirections,
  callEndedBy,
  callResults,
  type EndedBy,
} from "#services/call-records";
import { oneOf } from "../conference/room-fields.ts";

const text = (description: string) => Type.String({ description });
const instant = (description: string) => Type.String({ format: "date-time", description });
const figure = (description: string) => Type.Optional(Type.Number({ description }));
const counted = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }));

const callIdSchema = text("The id of the call; its record has the same.");

const call = {
  id: callIdSchema,
  direction: oneOf<CallDirection>(callDirections, {
    description: "`inbound`: a call to Parley. `outbound`: a call that Parley placed.",
  }),
  from: text("The number that calls; `anonymous` when it is withheld."),
  to: text("The number that was dialled."),
  display_name: text("The name of the far party, or its number."),
  trunk: Type.Optional(text("The trunk it came by or went out on; absent when there is none.")),
  sip_call_id: text("The Call-ID of its SIP messages, for `GET /api/sip/trace` and the log."),
  transport: text("`UDP`, `TCP` or another transport of SIP."),
  signalling_address: text("Address and port that the far party's SIP messages come from."),
  room_id: Type.Optional(
    text("The room it is for, the last one of a participant who was moved; absent when none was found."),
  ),
  room_extension: Type.Optional(text("The extension number of that room at the time.")),
  room_subject: Type.Optional(text("What that room was called at the time.")),
  meeting_id: Type.Optional(text("The meeting it takes part in; absent until it is inside.")),
  participant_id: Type.Optional(text("The participant it is in the room.")),
  started_at: instant("When it began: the first message."),
  answered_at: Type.Optional(instant("When it was answered; absent until then.")),
  joined_at: Type.Optional(instant("When it was let into the first room; absent until then.")),
  rooms: Type.Optional(
    text(
      "The ids of all rooms that it was inside, in order, separated by commas: more than one when the participant was " +
        "moved; absent until it is inside.",
    ),
  ),
  connected_number: Type.Optional(
    text(
      "The number of the far party after a transfer, as a trusted PBX has told it; absent while it is still the one that " +
        "`from` or `to` names.",
    ),
  ),
  connected_name: Type.Optional(text("The name of the far party after a transfer; absent likewise.")),
  codec: Type.Optional(text("The codec in use.")),
  media_encryption: Type.Optional(
    text("The suite of SRTP that media were encrypted by last; absent when they passed in the clear."),
  ),
  media_address: Type.Optional(text("Address and port that the far party's media come from.")),
  round_trip_ms: figure("There and back, in milliseconds."),
  received_packets: counted("Media packets from the far party."),
  received_lost: counted("Media packets from the far party that never came."),
  received_loss_percent: figure("The same as a share of all."),
  received_jitter_ms: figure("How unevenly they come, in milliseconds."),
  received_mos_mean: figure(
    "Opinion score (ITU-T G.107) of what comes from the far party, 1 to 4.5: the mean.",
  ),
  received_mos_min: figure("The same: the worst five seconds."),
  sent_packets: counted("Media packets to the far party."),
  sent_loss_percent: figure("The share of them that the far party says it has missed."),
  sent_jitter_ms: figure("How unevenly they come there, in milliseconds."),
  sent_mos_mean: figure("Opinion score of what the far party hears, 1 to 4.5: the mean."),
  sent_mos_min: figure("The same: the worst five seconds."),
  video_received_codec: Type.Optional(text("The codec of the pictures that came; absent when none did.")),
  video_received_size: Type.Optional(text("Width and height of those that came last: `1280x720`.")),
  video_received_kbps: figure("Their bitrate: the mean while pictures came."),
  video_received_loss_percent: figure("The share of their packets that never came."),
  video_sent_codec: Type.Optional(
    text("The codec of the room's picture as it was sent; absent when it was not."),
  ),
  video_sent_size: Type.Optional(text("Its width and height in the end.")),
  video_sent_kbps: figure("Its bitrate: the mean while it was sent."),
  video_sent_loss_percent: figure("The share of its packets that the far party says it has missed."),
  video_key_frame_requests_sent: counted("Key frames that the far party was asked for."),
  video_key_frame_requests_received: counted("Key frames that the far party asked for."),
  findings: Type.Optional(
    text(
      "What was wrong with the media, the worst first: codes separated by commas; absent: nothing that was found.",
    ),
  ),
  verdict: Type.Optional(text("The same in sentences, with how long each of them lasted.")),
};

const callFields = {
  ...call,
  state: text(
    "`arriving` while its room is looked up, `refusing` while it hears why not, `answering` until it is connected, " +
      "`entering` while it is asked for a PIN, `talking` inside the room, `leaving` while it hears a farewell.",
  ),
};

const recordFields = {
  ...call,
  ended_at: instant("When it ended."),
  duration: Type.Integer({ minimum: 0, description: "From the answer to the end, in seconds." }),
  result: oneOf<CallResult>(callResults, {
    description:
      "`answered`; `refused` by the called side; `cancelled` by the calling side before the answer; `failed`: " +
      "something broke before the answer; `lost`: the bridge died during the call.",
  }),
  ended_by: oneOf<EndedBy>(callEndedBy, {
    description:
      "`remote`: the far party. `local`: the room, the API or the bridge. `failure`: neither wanted it.",
  }),
  status: Type.Integer({ description: "The SIP status that says why, also for an answered call." }),
  reason: text(
    "The same in words: the status line's of a refusal (`Busy Here`), those of the SIP Reason header of a call that was " +
      "hung up.",
  ),
  sip_reason: Type.Optional(
    text("The Reason header of a refusal, or else its Warning, as it was written; absent when it had none."),
  ),
};

const callExample = {
  id: "f1c5b9de-2b0d-4a57-9c64-0c6f2f1c8a11",
  direction: "inbound" as const,
  from: "1001",
  to: "8000",
  display_name: "Ada",
  trunk: "office",
  sip_call_id: "a84b4c76e66710@192.0.2.1",
  transport: "UDP",
  signalling_address: "192.0.2.1:5060",
  room_id: "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  room_extension: "8000",
  room_subject: "Weekly review",
  meeting_id: "6a2d1b6c-6f52-4b36-8b51-6d1b7f6b7a01",
  participant_id: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
  started_at: "2026-03-02T08:00:00.010Z",
  answered_at: "2026-03-02T08:00:00.190Z",
  joined_at: "2026-03-02T08:00:03.120Z",
  rooms: "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  codec: "opus",
  media_address: "192.0.2.44:40012",
  round_trip_ms: 21.5,
  received_packets: 123_800,
  received_lost: 12,
  received_loss_percent: 0.01,
  received_jitter_ms: 3.4,
  received_mos_mean: 4.38,
  received_mos_min: 4.2,
  sent_packets: 123_852,
  sent_loss_percent: 0.2,
  sent_jitter_ms: 4.1,
  sent_mos_mean: 4.36,
  sent_mos_min: 4.1,
  video_received_codec: "H264",
  video_received_size: "1280x720",
  video_received_kbps: 1120,
  video_received_loss_percent: 0.02,
  video_sent_codec: "H264",
  video_sent_size: "1280x720",
  video_sent_kbps: 930,
  video_sent_loss_percent: 0.1,
  video_key_frame_requests_sent: 1,
  video_key_frame_requests_received: 2,
  findings: "LOSS_IN",
  verdict: "4.2 % of the phone's packets were lost on the way to the bridge (for 35 s).",
};

const recordExample = {
  ...callExample,
  ended_at: "2026-03-02T08:41:20.000Z",
  duration: 2480,
  result: "answered" as const,
  ended_by: "remote" as const,
  status: 200,
  reason: "Normal call clearing",
};

export const callSchema = Type.Object(callFields, {
  description: "The call.",
  examples: [{ ...callExample, state: "talking" }],
});

export const callListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many calls match, before paging." }),
    items: Type.Array(Type.Object(callFields), { description: "The calls of this page." }),
  },
  {
    description: "One page of the calls.",
    examples: [{ count: 1, items: [{ ...callExample, state: "talking" }] }],
  },
);

export const recordSchema = Type.Object(recordFields, {
  description: "The record.",
  examples: [recordExample],
});

export const recordListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many records match, before paging." }),
    items: Type.Array(Type.Object(recordFields), { description: "The records of this page." }),
  },
  {
    description: "One page of the records, the newest first.",
    examples: [{ count: 1, items: [recordExample] }],
  },
);

/** The columns of the table file, in its order. */
export const recordColumns = Object.keys(recordFields);

export const tableExample = `${recordColumns.join(",")}\r\n`;
