// The key `webrtc`: what browsers are told about the way to this bridge.
import { Type } from "typebox";

const text = (description: string) => Type.String({ default: "", description });

export const webrtcSchema = Type.Object(
  {
    domain: text("The SIP domain of browser phones. Empty: the name or address that they connect to."),
    credential_seconds: Type.Integer({
      minimum: 60,
      maximum: 604_800,
      default: 43_200,
      description: "How long the credentials for TURN servers with a shared_secret are good.",
    }),
    ice_servers: Type.Array(
      Type.Object(
        {
          urls: Type.Array(Type.String({ pattern: "^(stuns?|turns?):[^\\s]+$" }), {
            minItems: 1,
            maxItems: 8,
            description: "Such as turn:turn.example.com:3478?transport=udp.",
          }),
          shared_secret: text("That the TURN server knows (coturn: static-auth-secret)."),
          username: text("Fixed credentials, where there is no shared_secret."),
          credential: text("The password of username."),
        },
        { additionalProperties: false },
      ),
      {
        maxItems: 10,
        default: [],
        description:
          "STUN and TURN servers for browsers, in their order. With shared_secret each browser gets credentials of its own that end.",
      },
    ),
  },
  { additionalProperties: false, description: "Browsers that join by a link." },
);
