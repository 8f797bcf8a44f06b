// The key `webrtc`: the settings that browsers receive to connect to this bridge.
import { type Static, Type } from "typebox";
import { StartError } from "#common";

const text = (description: string) => Type.String({ default: "", description });

export const webrtcSchema = Type.Object(
  {
    domain: text("The SIP domain of browser phones. Empty: the name or address that they connect to."),
    credential_seconds: Type.Integer({
      minimum: 60,
      maximum: 604_800,
      default: 43_200,
      description: "Seconds for which the credentials for TURN servers with a shared_secret are valid.",
    }),
    ice_servers: Type.Array(
      Type.Object(
        {
          urls: Type.Array(Type.String({ maxLength: 512 }), {
            maxItems: 8,
            default: [],
            description: "Such as turn:turn.example.com:3478?transport=udp.",
          }),
          shared_secret: text("Secret shared with the TURN server (coturn: static-auth-secret)."),
          username: text("Fixed credentials, where there is no shared_secret."),
          credential: text("The password of username."),
        },
        { additionalProperties: false },
      ),
      {
        maxItems: 10,
        default: [],
        description:
          "STUN and TURN servers for browsers, in their order. With shared_secret each browser gets its own credentials, which expire.",
      },
    ),
  },
  { additionalProperties: false, description: "Browsers that join by a link." },
);

/** Throws StartError. */
export function checkWebrtc({ ice_servers }: Static<typeof webrtcSchema>): void {
  for (const [index, { urls, shared_secret, username }] of ice_servers.entries()) {
    const key = `webrtc.ice_servers[${index}]`;
    if (urls.length === 0)
      throw new StartError(`${key}.urls must name at least one, such as "stun:192.0.2.1"`);
    const wrong = urls.find((url) => !/^(stuns?|turns?):[^\s]+$/.test(url));
    if (wrong !== undefined) throw new StartError(`${key}.urls: "${wrong}" is no STUN or TURN address`);
    if (shared_secret !== "" && username !== "") {
      throw new StartError(`${key} has a shared_secret and a username: browsers can be given one of them`);
    }
  }
}
