// The SIP stack alone as a caller on real sockets: no rooms, no media, only what goes over the wire. What the
// far side says about the session is kept for the test to see.

import { ok, randomToken, silentLogger, systemClock } from "#common";
import type { Authenticate, CallAttempt, CallOptions, Questions, Session, SipEndpoint } from "#sip";
import { createSipEndpoint, createTcpTransport, createTransportLayer, createUdpTransport } from "#sip";
import { answerChallenge, chooseChallenge } from "../../bridge/sip/auth/index.ts";
import { freePort } from "../support/ports.ts";

const address = "127.0.0.1";
const overMs = 10_000;

const describe = (about: string): string =>
  [
    "v=0",
    `o=- 1 1 IN IP4 ${address}`,
    `s=${about}`,
    `c=IN IP4 ${address}`,
    "t=0 0",
    "m=audio 9 RTP/AVP 0",
    "",
  ].join("\r\n");

export interface Outgoing {
  readonly attempt: CallAttempt;
  /** Statuses of provisional responses, with `sdp` behind those that had a description. */
  readonly progress: readonly string[];
  /** Their offers so far. */
  readonly offers: readonly string[];
}

export class SipCaller {
  readonly #endpoint: SipEndpoint;

  static async start(): Promise<SipCaller> {
    const parts = { clock: systemClock, logger: silentLogger };
    const port = await freePort();
    const transport = createTransportLayer({
      ...parts,
      accept: () => true,
      transports: [
        (receive) => createUdpTransport({ ...parts, receive, address, port }),
        (_, receiveRead) => createTcpTransport({ ...parts, receiveRead, address, port, accept: () => true }),
      ],
    });
    const endpoint = createSipEndpoint({
      clock: systemClock,
      log: silentLogger,
      transport,
      userAgent: "Parley/test",
      trusted: () => true,
    });
    await endpoint.listen();
    return new SipCaller(endpoint);
  }

  private constructor(endpoint: SipEndpoint) {
    this.#endpoint = endpoint;
  }

  /** What it does when its peers ask for something. */
  get questions(): Questions {
    return this.#endpoint.questions;
  }

  /** How many of these it has sent, repetitions left out; undefined when none. */
  sent(method: string): number | undefined {
    return this.#endpoint.metrics.requestsSent[method];
  }

  /** Dialogs that are still known. */
  get sessions(): number {
    return this.#endpoint.sessions;
  }

  call(to: string, options: Partial<CallOptions> = {}): Outgoing {
    const offer = describe("offer");
    const attempt = this.#endpoint.call({ to, from: { uri: `sip:room@${address}` }, offer, ...options });
    const progress: string[] = [];
    attempt.events.on("progress", ({ status, sdp }) => progress.push(sdp ? `${status} sdp` : `${status}`));
    const offers: string[] = [];
    void attempt.outcome.then((outcome) => {
      if (!outcome.ok) return;
      outcome.value.session.handlers = {
        onOffer: async (theirs) => {
          offers.push(theirs);
          return ok(describe(`answer ${offers.length}`));
        },
        onOfferWanted: async () => offer,
        onAnswer: async () => {},
        onInfo: () => 200,
      };
    });
    return { attempt, progress, offers };
  }

  close(): Promise<void> {
    return this.#endpoint.close({ status: 200, text: "Over" });
  }
}

/** The session of a call that must be answered. */
export async function answered({ attempt }: Outgoing): Promise<Session> {
  const outcome = await attempt.outcome;
  if (!outcome.ok) throw new Error(`not answered: ${outcome.error.status} ${outcome.error.text}`);
  return outcome.value.session;
}

/** How the far side ended it. */
export function ended(session: Session): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const limit = setTimeout(() => reject(new Error("the call was not ended")), overMs);
  session.events.on("ended", (end) => {
    clearTimeout(limit);
    resolve(end);
  });
  return promise;
}

/** Answers every Digest challenge with this name and password. */
export function credentials(username: string, password: string): Authenticate {
  let count = 0;
  return ({ status, headers }, request) => {
    const [asked, answer] =
      status === 401
        ? (["WWW-Authenticate", "Authorization"] as const)
        : (["Proxy-Authenticate", "Proxy-Authorization"] as const);
    const challenge = chooseChallenge(headers.all(asked));
    if (!challenge) return undefined;
    count += 1;
    const { method, uri } = request;
    const input = { username, password, method, uri, count, cnonce: randomToken(8) };
    return [[answer, answerChallenge(challenge, input)]];
  };
}
