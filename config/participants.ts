// The key `participants`: the rules for applications that add participants to rooms.
import { Type } from "typebox";

export const participantsSchema = Type.Object(
  {
    allow_early_join: Type.Boolean({
      default: false,
      description:
        "Whether a participant may be added to a room that does not exist: it is created, with that name.",
    }),
    duplicate_policy: Type.Enum(["return", "reject", "replace"], {
      default: "return",
      description:
        "When an external_user_id is added again. return: the existing participant, with further tokens. reject: 409. replace: the earlier participant is removed.",
    }),
    first_is_host: Type.Boolean({
      default: true,
      description:
        "Whether the participant who is added first without a role to a room without a host is its host.",
    }),
    start_recording: Type.Enum(["never", "host", "first"], {
      default: "never",
      description:
        "Whose client is told to start the recording (should_start_recording): none, that of each host, or that of the first participant.",
    }),
    token_seconds: Type.Integer({
      minimum: 60,
      maximum: 86_400,
      default: 3600,
      description: "How long access and API tokens last. A call that has begun goes on.",
    }),
    refresh_days: Type.Integer({
      minimum: 1,
      maximum: 30,
      default: 14,
      description: "How long an unused refresh token lasts.",
    }),
  },
  {
    additionalProperties: false,
    description: "The participants API, for applications that bring people into rooms.",
  },
);
