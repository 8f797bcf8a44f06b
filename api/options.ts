// What the API needs from the daemon, and the bounds it keeps unless told otherwise.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { Registry } from "prom-client";
import type { Clock, Logger } from "#common";
import type { LinkSigner, RecordingDownloads } from "#conference/recordings";
import type { Room, Rooms } from "#conference/rooms";
import type { Access, CertificateKeeper } from "#services/access";
import type { InvitationOutcome } from "#services/mail-invites";
import type { Servers } from "#services/nodes";
import type { Webhooks } from "#services/webhooks";
import type { CallsDoor } from "./calls/index.ts";
import type { WelcomeFiles } from "./conference/welcome.ts";
import type { EventSource } from "./events/index.ts";
import type { AnswerStore, OnBlocked } from "./plugins/index.ts";
import type { ReadDebugState, ReadHealth, SipTrace } from "./system/index.ts";
import type { TrunkDesk } from "./trunks.ts";

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface ApiOptions {
  readonly rooms: Rooms;
  readonly servers: Servers;
  readonly calls: CallsDoor;
  /** Answers that are given again to repeated requests. */
  readonly answers: AnswerStore;
  /** Who may do what. */
  readonly access: Access;
  readonly events: EventSource;
  readonly webhooks: Webhooks;
  /** An address has shown too many wrong admin keys and waits for so long. */
  readonly onBlocked?: OnBlocked;
  /** The files of recordings, and what signs links to them; without, nothing can be downloaded. */
  readonly downloads?: { readonly recordings: RecordingDownloads; readonly links: LinkSigner };
  readonly health: ReadHealth;
  /** What each part of the bridge holds. */
  readonly debugState: ReadDebugState;
  readonly metrics: Registry;
  readonly sipTrace: SipTrace;
  /** Without it the bridge has no trunks. */
  readonly trunks?: TrunkDesk;
  /** The welcomes of rooms; without it there are none. */
  readonly welcomes?: WelcomeFiles;
  /** Says of a room that was made or changed what came of its invitations; without it, the answers do not. */
  readonly invitations?: InvitationDesk;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the product; it becomes the version of the OpenAPI description. */
  readonly version: string;
  readonly limits?: Partial<ApiLimits>;
  /** Without a certificate the API speaks plain HTTP. */
  readonly tls?: Pick<CertificateKeeper, "current" | "onChange">;
  /** Name and, unless it is 443, port by which browsers reach HTTPS: where those that come without it are sent. */
  readonly publicName?: string | undefined;
  /** Whether /metrics needs no key from this machine itself. */
  readonly openMetrics?: boolean;
  /** Reverse proxies that are believed: addresses and networks. */
  readonly trustedProxies?: readonly string[];
  /** Whose pages may use the API from a browser; `*` is any. */
  readonly origins?: readonly string[];
  /** Where a browser phone reaches this bridge; shown with a room when given. */
  readonly webPhone?: WebPhoneAddress;
}

export interface InvitationDesk {
  outcomeOf(room: Room): Promise<InvitationOutcome>;
}

export interface WebPhoneAddress {
  /** The SIP domain. */
  readonly domain: string;
  readonly host: string;
  readonly port: number;
}

export interface ApiLimits {
  readonly bodyBytes: number;
  readonly urlBytes: number;
  readonly parameterBytes: number;
  readonly headerBytes: number;
  /** Of a message that comes over a WebSocket. */
  readonly messageBytes: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** That are not answered in full yet, streams included. */
  readonly requestsPerAddress: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a connection to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** From the headers of a request to its answer. */
  readonly handlerMs: number;
  /** A connection on which nothing moves. */
  readonly idleMs: number;
  /** A connection between two requests. */
  readonly keepAliveMs: number;
  /** In the long run; 0: no limit. */
  readonly keyRequestsPerSecond: number;
  readonly addressRequestsPerSecond: number;
}

export const defaultLimits: ApiLimits = {
  bodyBytes: 256 * 1024,
  urlBytes: 8 * 1024,
  parameterBytes: 256,
  headerBytes: 16 * 1024,
  messageBytes: 1024,
  connections: 1000,
  connectionsPerAddress: 300,
  requestsPerAddress: 300,
  headersMs: 10_000,
  handshakeMs: 10_000,
  requestMs: 15_000,
  handlerMs: 30_000,
  idleMs: 60_000,
  keepAliveMs: 10_000,
  keyRequestsPerSecond: 0,
  addressRequestsPerSecond: 0,
};
