// The dependencies of the API on the daemon.
import type { Registry } from "prom-client";
import type { Clock, Logger } from "#common";
import type { Chat } from "#conference/chat";
import type { Members } from "#conference/members";
import type { LinkSigner, RecordingDownloads } from "#conference/recordings";
import type { Rooms } from "#conference/rooms";
import type { Access, CertificateKeeper } from "#services/access";
import type { Servers } from "#services/nodes";
import type { Provisioning } from "#services/provisioning";
import type { Webhooks } from "#services/webhooks";
import type { AccountRoutesOptions } from "./accounts/index.ts";
import type { BanControl } from "./bans.ts";
import type { CallDumps, CallSources, LadderFinder } from "./calls/index.ts";
import type { InvitationOutcomes } from "./conference/rooms.ts";
import type { PictureSource } from "./conference/snapshot.ts";
import type { WebPhoneOptions } from "./conference/tokens.ts";
import type { WelcomeFiles } from "./conference/welcome.ts";
import type { EventSource } from "./events/index.ts";
import type { ApiLimits } from "./limits.ts";
import type { BlockedListener, IdempotencyStore } from "./plugins/index.ts";
import type { SipSockets } from "./sip-socket.ts";
import type { Examine, ReadDebugState, ReadHealth, SipTrace } from "./system/index.ts";
import type { TrunkControl } from "./trunks.ts";

export interface ApiOptions {
  readonly rooms: Rooms;
  /** The members of rooms. */
  readonly members: Members;
  /** Provisioning of participants of other applications; absent: there is none. */
  readonly provisioning?: Provisioning;
  readonly servers: Servers;
  /** Absent: this bridge has no registrar. */
  readonly accounts?: AccountRoutesOptions;
  /** Absent: browsers cannot join. */
  readonly webPhones?: WebPhoneOptions;
  readonly calls: CallSources;
  readonly ladders: LadderFinder;
  readonly dumps: CallDumps;
  /** Answers that are given again to repeated requests. */
  readonly idempotencyStore: IdempotencyStore;
  /** The permissions of users and keys. */
  readonly access: Access;
  readonly events: EventSource;
  readonly webhooks: Webhooks;
  /** An address has shown too many wrong admin keys and waits for so long. */
  readonly onBlocked?: BlockedListener;
  /** The files of recordings, and what signs links to them; without, nothing can be downloaded. */
  readonly downloads?: { readonly recordings: RecordingDownloads; readonly links: LinkSigner };
  /** Rooms that one user may be admin of. */
  readonly maxRoomsOfUser?: number;
  /** Messages and files of rooms; without, there is no chat. */
  readonly chat?: { readonly chat: Chat; readonly links: LinkSigner; readonly maxFileBytes: number };
  readonly health: ReadHealth;
  /** Reads the state of each part of the bridge. */
  readonly debugState: ReadDebugState;
  /** Examines the bridge and its machine for faults; without it nothing is examined. */
  readonly examine?: Examine;
  readonly metrics: Registry;
  readonly sipTrace: SipTrace;
  /** Without it there is no SIP over WebSockets. */
  readonly sipSockets?: SipSockets;
  /** Sources that SIP bans; without it there are none. */
  readonly bans?: BanControl;
  /** Without it the bridge has no trunks. */
  readonly trunks?: TrunkControl;
  /** Pictures of rooms; without it there are none. */
  readonly snapshots?: PictureSource;
  /** The welcomes of rooms; without it there are none. */
  readonly welcomes?: WelcomeFiles;
  /** Says of a room that was made or changed what came of its invitations; without it, the answers do not. */
  readonly invitations?: InvitationOutcomes;
  /** Signs where the next page of a list begins: 32 random bytes at least. Without it, those of before a restart are refused. */
  readonly pageSecret?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Folder with the built join page; without it, the one of `npm run build`. */
  readonly page?: string;
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
}
