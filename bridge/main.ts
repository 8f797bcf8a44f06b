// The daemon. Everything is made and wired here, in the order in which it stands, and ended in reverse. A wrong
// setting or a port in use ends it with exit code 2 and one sentence on standard error.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createAccess, openCertificate } from "#bridge/access";
import { createCalls, createConferencePackage } from "#bridge/calls";
import { openCallLog } from "#bridge/cdr";
import { Welcomes } from "#bridge/clips";
import { answerReferrals, DialBudget, Dialer } from "#bridge/dialout";
import { roomOnCall } from "#bridge/events";
import { addressOfUser, createSmtp, Invitations } from "#bridge/invitations";
import { LinkSigner, RecordingFiles, RecordingsService } from "#bridge/recordings";
import { createRooms } from "#bridge/rooms";
import { createMachineLoad, createServers, openLocalServer } from "#bridge/servers";
import {
  createGate,
  createSipEndpoint,
  createTcpTransport,
  createTransportLayer,
  createUdpTransport,
  createWireTrace,
  type Lost,
  type Receive,
  type ReceiveRead,
} from "#bridge/sip";
import { createVoice, installedLanguages } from "#bridge/speech";
import { hashSecret, matchesHash, openStore, type Store } from "#bridge/store";
import { createTrunkDirectory, createTrunks } from "#bridge/trunks";
import { createSend, openWebhooks } from "#bridge/webhooks";
import {
  createLogger,
  createNetworks,
  errorCode,
  errorMessage,
  randomToken,
  StartError,
  systemClock,
} from "#common";
import { type Config, exampleFile, listenAddresses, loadConfig, publicAddresses } from "#config";
import { createLeg, startMediaWorkers } from "#media/client";
import { createApi } from "../api/index.ts";
import packageJson from "../package.json" with { type: "json" };
import { startEventLog } from "./daemon/event-log.ts";
import { prepareFolders } from "./daemon/folders.ts";
import { followRooms } from "./daemon/follow-rooms.ts";
import { createHealth } from "./daemon/health.ts";
import { mailSettings } from "./daemon/mail-settings.ts";
import { createMetrics, measureEvents } from "./daemon/metrics/index.ts";
import { recordingSettings } from "./daemon/recording-settings.ts";
import { untilStopped } from "./daemon/stop.ts";
import { trunkSettings } from "./daemon/trunk-settings.ts";

const { version } = packageJson;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(`Usage: parley [--config FILE]\n\n${exampleFile()}`);
    return;
  }
  const config = loadConfig({
    argv: process.argv.slice(2),
    env: process.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
  const clock = systemClock;
  const log = createLogger(config.log.level, "parley");
  const folders = prepareFolders(config);
  const recordingFiles = RecordingFiles.prepare(folders.recordings);
  const trusted = createNetworks(config.sip.trusted_networks);
  const trunkList = trunkSettings(config);
  const directory = createTrunkDirectory(trunkList);
  const isKnown = (address: string) => trusted.contains(address) || directory.knows(address);
  const userAgent = `Parley/${version}`;

  await using closing = new AsyncDisposableStack();

  const store = await openStore(join(folders.data, "parley.db"), clock);
  closing.defer(() => store.close());
  const access = createAccess({
    adminKey: await prepareKey(config, store),
    store,
    auditLimits: { entries: config.api.audit.max_entries, days: config.api.audit.days },
    clock,
    log,
  });
  closing.defer(() => access.close());

  const certificate = await openCertificate({
    ...config.api.tls,
    dataFolder: folders.data,
    publicAddresses: [config.node.public_ipv4, config.node.public_ipv6],
    show: (line) => process.stdout.write(`\n${line}\n\n`),
    clock,
    log,
  });
  closing.defer(() => certificate?.close());
  const reload = () => void certificate?.reload();
  process.on("SIGHUP", reload);
  closing.defer(() => void process.off("SIGHUP", reload));

  const eventLog = await startEventLog({ config, repository: store.events, clock, log });
  closing.defer(() => eventLog.close());

  const gate =
    config.sip.strangers === "challenge"
      ? createGate({
          clock,
          log,
          userAgent,
          realm: "parley",
          isKnown,
          passwordOf: directory.passwordOf,
          onSilenced: (source) => eventLog.blocked({ guard: "sip", source }),
        })
      : undefined;
  const accept = ({ address }: { readonly address: string }) => gate?.hears(address) ?? isKnown(address);
  const trace = createWireTrace(clock);
  const sipAddresses = listenAddresses("sip.listen_address", config.sip.listen_address);
  const ipv6Only = sipAddresses.length > 1;
  const publicIpv4 = publicAddresses("node.public_ipv4", config.node.public_ipv4, 4);
  const publicIpv6 = publicAddresses("node.public_ipv6", config.node.public_ipv6, 6);
  const transport = createTransportLayer({
    clock,
    logger: log,
    transports: sipAddresses.flatMap((address) => {
      const listener = { clock, logger: log, address, ipv6Only, port: config.sip.port };
      return [
        (receive: Receive) => createUdpTransport({ ...listener, receive }),
        (_: Receive, receiveRead: ReceiveRead, lost: Lost) =>
          createTcpTransport({ ...listener, receiveRead, lost, accept }),
      ];
    }),
    publicIpv4: publicIpv4.any,
    publicIpv6: publicIpv6.any,
    publicOf: new Map([...publicIpv4.of, ...publicIpv6.of]),
    localNetworks: config.node.local_networks,
    accept: (flow) => accept(flow.remote),
    trace,
  });
  const sip = createSipEndpoint({
    clock,
    log,
    transport,
    userAgent,
    trusted: isKnown,
    gate,
    dialled: directory.dialled,
    focus: true,
    maxSessions: config.sip.max_calls || Number.POSITIVE_INFINITY,
  });

  const trunks = createTrunks({ clock, log, sip, directory, trunks: trunkList });

  const voice = createVoice(installedLanguages(config.prompts.path));
  const workers = await startMediaWorkers({
    clock,
    log,
    workers: config.media.workers || availableParallelism(),
    rtp: { portMin: config.rtp.port_min, portMax: config.rtp.port_max },
    runtimeDirectory: folders.runtime,
    promptsPath: config.prompts.path,
    clipsPath: folders.clips,
    agc: config.media.agc,
    noiseGate: config.media.noise_gate,
    logLevel: config.log.level,
  });
  closing.defer(() => workers.close());

  const local = await openLocalServer({
    repository: store.servers,
    clock,
    address: { ipv4: publicIpv4.first ?? null, ipv6: publicIpv6.first ?? null },
    draining: () => sip.draining,
  });
  const recordings = new RecordingsService({
    repository: store.recordings,
    files: recordingFiles,
    workers,
    settings: recordingSettings(config),
    clock,
    log,
  });
  closing.defer(() => recordings.close());
  const rooms = createRooms({
    repository: store.rooms,
    recordings,
    workers,
    clock,
    logger: log,
    extensions: { first: config.rooms.extension_min, last: config.rooms.extension_max },
    host: local,
    voice,
  });
  closing.defer(() => rooms.close());
  followRooms(rooms, recordings);
  const welcomes = Welcomes.open(folders.clips);
  rooms.events.on("room.deleted", ({ room }) => void welcomes.remove(room.id).catch(() => {}));

  const mail = mailSettings(config);
  const invitations = new Invitations({
    rooms,
    repository: store.invitations,
    deliver: mail && createSmtp(mail, clock),
    addressOf: addressOfUser(store.users),
    maxRecipients: config.mail.max_recipients,
    perHour: config.mail.per_hour,
    clock,
    log,
  });
  closing.defer(() => invitations.close());

  const machine = createMachineLoad(clock);
  closing.defer(() => machine.close());
  const servers = createServers({ repository: store.servers, local, rooms, machine, clock });

  const callLog = await openCallLog({
    repository: store.callRecords,
    clock,
    log,
    keepDays: config.call_records.keep_days,
  });
  closing.defer(() => callLog.close());
  const calls = createCalls({
    rooms,
    sip,
    records: callLog,
    trunkOf: ({ request, flow }) => directory.trunkOf(request, flow)?.name,
    createLeg,
    voice,
    keys: config.keys,
    musicWhenAlone: config.rooms.music_when_alone,
    lobby: lobbyOf(config),
    welcomeOf: (room) => welcomes.of(room)?.clip,
    clock,
    log,
    mediaAddress: (flow) => ({ bind: flow.local.address, advertised: transport.advertised(flow).address }),
    codecs: ({ request, flow }) => directory.codecs(request, flow),
  });
  sip.addEventPackage(createConferencePackage({ rooms, clock }));
  sip.onInvitation = (invitation) => calls.receive(invitation);
  eventLog.listen({
    rooms: rooms.events,
    servers: servers.events,
    calls: calls.events,
    recordings: recordings.events,
  });

  const budget = await DialBudget.open({
    clock,
    repository: store.dialUsage,
    trunks: trunkList.map(({ name, dialOut }) => ({ name, ...dialOut })),
    onSaveFailed: (err) => log.error({ err }, "the minutes of a trunk were not stored"),
  });
  budget.events.on("frozen", (frozen) =>
    log.warn(frozen, "a trunk has used its minutes: nothing more is dialled"),
  );
  closing.defer(() => budget.close());
  const dialer = new Dialer({
    clock,
    log,
    trunks,
    settings: trunkList,
    calls,
    budget,
    exists: async (room) => (await rooms.get(room)) !== undefined,
    maxPerRoom: config.rooms.max_dialling,
  });
  closing.defer(() => dialer.close());
  rooms.onInvite = (room, number) => dialer.invite(room, { number });
  calls.hostDialler = dialer;
  sip.questions.onRefer = answerReferrals({ calls, rooms, dialer, sip, isKnown });

  const webhooks = await openWebhooks({
    repository: store.webhooks,
    log: eventLog.log,
    send: createSend({
      clock,
      timeoutMs: config.webhooks.timeout_seconds * 1000,
      allowPrivate: config.webhooks.allow_private_networks,
    }),
    clock,
    logger: log,
    userAgent,
    allowPrivate: config.webhooks.allow_private_networks,
  });
  closing.defer(() => webhooks.close());

  const health = createHealth({ clock, sip, workers, ping: () => store.ping() });
  closing.defer(() => health.close());

  const api = await createApi({
    rooms,
    servers,
    calls: callLog,
    answers: store.answers,
    access,
    events: { log: eventLog.log, onCall: () => rooms.meetings().map(roomOnCall) },
    webhooks,
    onBlocked: (source, seconds) => eventLog.blocked({ guard: "api", source, seconds }),
    downloads: { recordings, links: new LinkSigner(await linkSecret(store)) },
    health: health.read,
    sipTrace: trace,
    welcomes,
    invitations,
    metrics: measureEvents(
      createMetrics({
        ...{ sip, transport, rooms, calls, callLog, trunks, budget, gate, certificate, invitations },
        database: store,
        folders: { data: folders.data, recordings: folders.recordings },
        workers: workers.workers,
      }),
      { log: eventLog.log, webhooks },
    ),
    trunks: { list: trunks.snapshot, dialOut: () => budget.snapshot(), lift: (name) => budget.lift(name) },
    clock,
    log,
    version,
    trustedProxies: config.api.trusted_proxies,
    origins: config.api.cors.origins,
    limits: {
      keyRequestsPerSecond: config.api.rate_limit.per_key,
      addressRequestsPerSecond: config.api.rate_limit.per_address,
    },
    ...(certificate && { tls: certificate }),
  });
  closing.defer(() => api.close());

  const sipAddress = sipAddresses.join(", ");
  const sipPort = config.sip.port;
  await listening("sip.port", `UDP and TCP port ${sipPort} on ${sipAddress}`, () => sip.listen());
  let ending = "Server stopped";
  closing.defer(() => sip.close({ status: 503, text: ending }));
  closing.defer(() => calls.endAll({ status: 503, text: ending }));
  closing.defer(() => trunks.close());
  trunks.start();
  const { listen_address: host, port } = config.api;
  await listening("api.port", `TCP port ${port} on ${host}`, () => api.listen({ host, port }));
  health.started();
  await servers.announce();
  void recordings.recover();
  void invitations.start();
  log.info({ version, sip: { addresses: sipAddresses, port: sipPort }, api: `${host}:${port}` }, "ready");

  ending = await untilStopped({
    clock,
    log,
    drainMs: config.node.drain_seconds * 1000,
    signals: process,
    calls,
    onDrain: () => {
      sip.draining = true;
      void servers.announce();
      // Whoever we are registered at sends no further call here.
      void trunks.close();
    },
  });
  log.info({ calls: calls.count }, "stopping");
}

/** How keys are checked: the configured one, or the stored one, which the first start makes and shows. */
async function prepareKey(config: Config, store: Store): Promise<(key: string) => Promise<boolean>> {
  const { admin_key: configured } = config.api;
  if (configured !== "") {
    const hash = hashSecret(configured);
    return async (key) => matchesHash(key, hash);
  }
  const made = await store.adminKey.ensure();
  if (made !== undefined) process.stdout.write(`\nThe API's admin key, shown this once: ${made}\n\n`);
  return (key) => store.adminKey.verify(key);
}

/** What signs links to recordings: made at the first start, kept. */
async function linkSecret({ settings }: Store): Promise<string> {
  const kept = await settings.get("recordings.link_secret");
  if (kept !== undefined) return kept;
  const made = randomToken(32);
  await settings.set("recordings.link_secret", made);
  return made;
}

function lobbyOf({ rooms }: Config): { extension: string; language: string } | undefined {
  const { lobby_extension: extension, lobby_language: language } = rooms;
  return extension === "" ? undefined : { extension, language };
}

const listenProblems: Record<string, string> = {
  EADDRINUSE: "is in use by another program",
  EADDRNOTAVAIL: "is not an address of this machine",
  EACCES: "is not allowed for this user",
};

async function listening(key: string, what: string, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const problem = listenProblems[errorCode(error) ?? ""] ?? `cannot be used: ${errorMessage(error)}`;
    // Of several addresses the system's own words say which one it is.
    const which = what.includes(",") ? ` (${errorMessage(error)})` : "";
    throw new StartError(`${key}: ${what} ${problem}${which}`, { cause: error });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`parley: ${error.message}\n`);
  process.exitCode = 2;
}
