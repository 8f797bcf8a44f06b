// The STUN and TURN servers that a browser is told, with credentials for a time where the server shares a secret with us: the
// user name is the instant of their end and whom they are for, the password its HMAC-SHA-1, as TURN servers check it
// (draft-uberti-behave-turn-rest; long-term credentials of RFC 8489 §9.2). Pure.
import { createHmac } from "node:crypto";

export interface IceServerSettings {
  readonly urls: readonly string[];
  /** Empty: no credentials, or those below. */
  readonly sharedSecret: string;
  readonly username: string;
  readonly credential: string;
}

/** As `RTCPeerConnection` takes it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** `expiresAt`: seconds since 1970. */
export function iceServersFor(
  holder: string,
  expiresAt: number,
  settings: readonly IceServerSettings[],
): readonly IceServer[] {
  return settings.map(({ urls, sharedSecret, username, credential }) => {
    if (sharedSecret === "") return username === "" ? { urls } : { urls, username, credential };
    const name = `${expiresAt}:${holder}`;
    return {
      ...{ urls, username: name },
      credential: createHmac("sha1", sharedSecret).update(name).digest("base64"),
    };
  });
}
