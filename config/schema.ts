// Every configuration key, with its default and its help beside it. The loader, the example file and the
// documentation are made from this one schema; a key that is not here does not exist.
import { type Static, type TProperties, Type } from "typebox";
import { logLevels, privateNetworks } from "#common";
import { backupSchema } from "./backup.ts";
import { chatSchema } from "./chat.ts";
import { hepSchema } from "./hep.ts";
import { keysSchema } from "./keys.ts";
import { mailSchema } from "./mail.ts";
import { oidcSchema } from "./oidc.ts";
import { overloadSchema } from "./overload.ts";
import { participantsSchema } from "./participants.ts";
import { recordingsSchema } from "./recordings.ts";
import { registrarSchema } from "./registrar.ts";
import { trunksSchema } from "./trunks.ts";
import { videoSchema } from "./video.ts";
import { webrtcSchema } from "./webrtc.ts";

const section = <Keys extends TProperties>(description: string, keys: Keys) =>
  Type.Object(keys, { additionalProperties: false, description });

const text = (value: string, description: string) => Type.String({ default: value, description });
const port = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 65_535, default: value, description });
const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });
const count = (value: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 0, maximum, default: value, description });
const within = (value: number, [minimum, maximum]: readonly [number, number], description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });
const networks = (description: string) =>
  Type.Array(Type.String(), { maxItems: 200, default: [...privateNetworks], description });

/** The folder of the distribution's prompt packages; it may be missing. */
export const defaultPromptsPath = "/usr/share/asterisk/sounds";

export const configSchema = section("Parley's configuration.", {
  data_dir: text(
    "data",
    "Database and everything else that must survive. Relative paths start at the working directory.",
  ),
  runtime_dir: text("", "Sockets to the media workers. Empty: `run` inside data_dir."),
  log: section("Logs go to standard output.", {
    level: Type.Enum(logLevels, {
      default: "info",
      description: "trace, debug, info, warn, error, fatal or silent. At info a call is about ten lines.",
    }),
    format: Type.Enum(["auto", "json", "text"], {
      default: "auto",
      description:
        "json: one object a line. text: lines for people. auto: text on a terminal, json elsewhere.",
    }),
  }),
  node: section("This machine in its networks.", {
    public_ipv4: text(
      "",
      "Public address of this machine, for peers outside local_networks; with several local addresses `LOCAL=PUBLIC, LOCAL=PUBLIC`. Empty: no NAT.",
    ),
    public_ipv6: text("", "The same for IPv6."),
    local_networks: networks(
      "Peers in these networks are given the local address of this machine, all others the public one.",
    ),
    drain_seconds: count(
      300,
      86_400,
      "On SIGTERM no call is accepted any more and running ones may go on this long; a second SIGTERM ends at once.",
    ),
  }),
  sip: section("SIP signalling.", {
    listen_address: text(
      "0.0.0.0",
      "One address to listen on, or several separated by commas. `::` alone is both IPv4 and IPv6.",
    ),
    port: port(5060, "UDP and TCP."),
    tls_port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 5061,
      description: "TLS, with the certificate of api.tls. 0: none.",
    }),
    tls_client_ca: text(
      "",
      "PEM file of the authorities that sign the certificates of peers that call over TLS. Empty: no certificate is requested.",
    ),
    tls_require_client_certificate: flag(
      false,
      "Whether a peer without a certificate of these authorities is refused on the TLS port.",
    ),
    trusted_networks: networks("Networks that may call without authentication, besides the trunks."),
    strangers: Type.Enum(["ignore", "challenge"], {
      default: "ignore",
      description:
        "The response to requests from other addresses. ignore: none. challenge: 401, the same for every number; the username and password of a trunk or an account are accepted.",
    }),
    digest_algorithms: Type.Array(Type.Enum(["SHA-256", "MD5"]), {
      minItems: 1,
      maxItems: 2,
      default: ["SHA-256", "MD5"],
      description:
        "Digest algorithms for the passwords of telephones and trunks, in the order of the challenges. Some old telephones fail when SHA-256 is offered at all: set MD5 alone for them.",
    }),
    srtp: Type.Enum(["forbid", "allow", "require"], {
      default: "allow",
      description:
        "Encrypted media (SRTP). forbid: never. allow: as the far end offers; our own offers contain keys when SIP goes over TLS. require: calls without SRTP are refused with 488.",
    }),
    srtp_over_tls: Type.Enum(["inherit", "forbid", "allow", "require"], {
      default: "inherit",
      description: "The same for calls whose SIP comes or goes over TLS. inherit: as srtp.",
    }),
    max_calls: count(
      1000,
      100_000,
      "Simultaneous calls, including those that rooms place. Further calls are refused with 503, and rooms place none. 0: no limit.",
    ),
  }),
  registrar: registrarSchema,
  trunks: trunksSchema,
  rtp: section("Media ports. Each call takes an even port for RTP and the odd one above it for RTCP.", {
    port_min: port(30_000, "First port, even."),
    port_max: port(32_767, "Last port, odd."),
  }),
  media: section("Media workers mix; each is a process of its own.", {
    workers: count(
      0,
      256,
      "Number of processes at most; two start at once, the others when they are needed. 0: one a processor core.",
    ),
    agc: flag(true, "Automatic gain: brings every voice to a common level, by 12 dB at most."),
    noise_gate: flag(false, "Noise gate: lowers the noise between a participant's words."),
  }),
  video: videoSchema,
  overload: overloadSchema,
  rooms: section("Rooms.", {
    extension_min: count(
      8000,
      999_999_999,
      "A room made without an extension number gets the next free one from here …",
    ),
    extension_max: count(8999, 999_999_999, "… to here."),
    max_dialling: count(20, 1000, "Numbers that one room may try to reach at the same time."),
    lobby_extension: text(
      "",
      "The lobby: a number that asks the caller for the number of a room, for public dial-in numbers. Empty: none.",
    ),
    lobby_language: text("en", "Language of the announcements there."),
    music_when_alone: flag(
      false,
      "Music for a participant who is alone in a room. Otherwise they hear silence.",
    ),
  }),
  keys: keysSchema,
  api: section("HTTP: the REST API, health and metrics.", {
    listen_address: text("0.0.0.0", "Interface to listen on."),
    port: port(8887, "TCP."),
    admin_key: text(
      "",
      "The key with all rights. Empty: the first start makes one, prints it once and keeps only its hash.",
    ),
    public_name: text(
      "",
      "Host name, and port unless it is 443, of HTTPS for browsers, such as pbx.example.com:8887: requests without HTTPS are redirected there. Empty: only those that use an address of this machine are sent on.",
    ),
    public_path: text(
      "",
      "Path at which a reverse proxy has Parley and which it takes off, such as /parley: join links are https://NAME/parley/join/ then. Empty: there is none.",
    ),
    metrics_without_key: flag(
      false,
      "Whether /metrics needs no key from this machine itself. Not with a reverse proxy here: what it passes on comes from this machine too.",
    ),
    trusted_proxies: Type.Array(Type.String(), {
      maxItems: 50,
      default: [],
      description:
        "Reverse proxies whose X-Forwarded-For says where a request comes from: addresses and networks.",
    }),
    rate_limit: section(
      "Requests a second in the long run; ten seconds' worth may come at once. 0: no limit.",
      {
        per_key: count(100, 100_000, "Of one API key or user."),
        per_address: count(200, 100_000, "Of one address, with or without a key."),
      },
    ),
    connections: section(
      "Connections to the API; one that waits for its request gives way to a new one when there are too many.",
      {
        total: within(1000, [10, 100_000], "In all."),
        per_address: within(
          300,
          [4, 100_000],
          "From one address (IPv6: /64), and unfinished requests of one; of trusted proxies the requests of each client.",
        ),
      },
    ),
    cors: section("Pages of other sites that may use the API from a browser.", {
      origins: Type.Array(Type.String(), {
        maxItems: 100,
        default: [],
        description: 'Origins, such as "https://panel.example"; "*" alone is any. Empty: none.',
      }),
    }),
    audit: section("The audit log: each change, with its user or API key.", {
      days: Type.Integer({ minimum: 1, maximum: 3650, default: 365, description: "How long it is kept." }),
      max_entries: Type.Integer({
        minimum: 100,
        maximum: 10_000_000,
        default: 100_000,
        description: "How many changes are kept, and as many denied attempts.",
      }),
    }),
    tls: section("HTTPS.", {
      mode: Type.Enum(["off", "self-signed", "files"], {
        default: "self-signed",
        description:
          "self-signed: the first start makes a certificate, in `tls` inside data_dir. files: cert and key below. off: plain HTTP; SIP over TLS then has cert and key where they are set, otherwise a self-signed one.",
      }),
      cert: text("", "PEM file with the certificate chain."),
      key: text("", "PEM file with the private key."),
    }),
  }),
  participants: participantsSchema,
  oidc: oidcSchema,
  events: section("The event log, for webhooks and for clients that read events later.", {
    retention_days: within(30, [1, 3650], "Older events are forgotten."),
    max_events: within(200_000, [1000, 10_000_000], "Events kept at most; one takes about 1 kB."),
    allow_future: flag(
      false,
      "Starts although the last event is later than this machine's clock: to be set for one start when the clock is right and was ahead before.",
    ),
    dtmf: flag(
      false,
      "Sends events for keys that participants press in a room, except those of commands and PINs.",
    ),
  }),
  webhooks: section("Webhooks send events to addresses that clients of the API give.", {
    allow_private_networks: flag(
      false,
      "Whether webhooks may have addresses in private networks and on this machine: every client with a key can then make Parley send requests there.",
    ),
    timeout_seconds: within(
      10,
      [1, 25],
      "Seconds that a receiver may take to answer; after that the request is repeated later.",
    ),
  }),
  call_records: section("Records of ended calls.", {
    keep_days: count(90, 36_500, "Records of older calls are deleted. 0: they are kept for ever."),
    ladder_mb: count(
      32,
      4096,
      "Memory for the SIP messages of running and recent calls, without secrets. 0: none are kept.",
    ),
  }),
  hep: hepSchema,
  prompts: section("Voice prompts and music on hold.", {
    path: text(
      defaultPromptsPath,
      "Folder with one pack a language, raw G.722 or WAV. Missing prompts are replaced by tones. A folder other than the default must exist and must not be empty.",
    ),
  }),
  recordings: recordingsSchema,
  backup: backupSchema,
  webrtc: webrtcSchema,
  chat: chatSchema,
  self_service: section("Rooms that users make for themselves.", {
    max_rooms_per_user: within(100, [1, 1000], "Rooms that one user may be admin of."),
  }),
  mail: mailSchema,
});

export type Config = Static<typeof configSchema>;
