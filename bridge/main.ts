// The daemon. Everything is made and wired here, in the order in which it stands, and ended in reverse. A wrong
// setting or a port in use ends it with exit code 2 and one sentence on standard error.
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type CallId, createLogger, IdleMemory, systemClock } from "#common";
import { createCalls, createConferencePackage, type ResumableCall } from "#conference/calls";
import { SpokenNames, Welcomes } from "#conference/clips";
import { answerReferrals } from "#conference/dial-out";
import { Members } from "#conference/members";
import { RecordingFiles, RecordingsService } from "#conference/recordings";
import { createRooms, type ReasonCode } from "#conference/rooms";
import { createVoice, installedLanguages } from "#conference/speech";
import { type Config, configFile, exampleFile, loadConfig, waitArgument } from "#config";
import { createLeg, resumeLeg } from "#media/client";
import { CallLadders } from "#services/call-ladders";
import { openCallLog } from "#services/call-records";
import { appendMissingEvents, roomOnCall } from "#services/events";
import { JoinTokens } from "#services/join-tokens";
import { LiveState } from "#services/live-state";
import { createMachineLoad, createServers, openLocalServer, serverAddresses } from "#services/nodes";
import { lastEventAt, openStore } from "#services/store";
import { createApi, listenLocally, meetWebhookData } from "../api/index.ts";
import packageJson from "../package.json" with { type: "json" };
import { followCertificate, openAccess } from "./setup/access.ts";
import {
  accountTargets,
  createRegistrar,
  endRevoked,
  openAccounts,
  reservedNumbers,
} from "./setup/accounts.ts";
import { apiSettings, openLinkSigner, openPageSecret } from "./setup/api-settings.ts";
import { createBackups } from "./setup/backups.ts";
import { CallDumps } from "./setup/call-dumps.ts";
import { openChat } from "./setup/chat.ts";
import { claimFolders } from "./setup/claim-folders.ts";
import { readDebugState } from "./setup/debug-state.ts";
import { openDialOut } from "./setup/dial-out.ts";
import { diskFault } from "./setup/disk.ts";
import { examine, liveFacts } from "./setup/doctor/index.ts";
import { startEventLog } from "./setup/event-log.ts";
import { handleFailures } from "./setup/failures.ts";
import { followRooms } from "./setup/follow-rooms.ts";
import { followUsers, isDisabledUser } from "./setup/follow-users.ts";
import { createHealth } from "./setup/health.ts";
import { openHep } from "./setup/hep.ts";
import { createMailInvites } from "./setup/invitations.ts";
import { listenersOf, listening } from "./setup/listening.ts";
import { logFormatOf } from "./setup/log-format.ts";
import { startMedia } from "./setup/media.ts";
import { createSrtpTerms } from "./setup/media-encryption.ts";
import { createMetrics, measureEvents } from "./setup/metrics/index.ts";
import { watchOverload } from "./setup/overload.ts";
import { addRemedy, prepareDatabase } from "./setup/prepare-database.ts";
import { createProvisioning } from "./setup/provisioning.ts";
import { recordingSettings } from "./setup/recording-settings.ts";
import { requireMachine } from "./setup/require-machine.ts";
import { RoomPictures } from "./setup/room-pictures.ts";
import { createSipSetup } from "./setup/sip-setup.ts";
import { explainStartError } from "./setup/start-error.ts";
import { showFirstSteps, warnOfMachine } from "./setup/started.ts";
import { untilStopped } from "./setup/stop.ts";
import { createTrunkTester } from "./setup/trunk-tests.ts";
import { createWebPhones, entryTermsOf } from "./setup/web-phone.ts";
import { startWebhooks } from "./setup/webhooks.ts";

const { version } = packageJson;

async function main(): Promise<"stop" | "leave" | undefined> {
  if (process.argv.includes("--help")) {
    process.stdout.write(`Usage: node bridge/start.ts [--config FILE] [--wait]\n\n${exampleFile()}`);
    return undefined;
  }
  const argv = process.argv.slice(2);
  const sources = { argv, env: process.env, readFile: (path: string) => readFileSync(path, "utf8") };
  const config = loadConfig(sources);
  const configText = configFile(sources)?.text;
  const clock = systemClock;
  const log = createLogger(config.log.level, "parley", logFormatOf(config.log.format));
  const conditions = { config, wait: argv.includes(waitArgument), clock };
  const folders = await claimFolders(conditions, version);
  const recordingFiles = RecordingFiles.prepare(folders.recordings);
  const userAgent = `Parley/${version}`;

  await using closing = new AsyncDisposableStack();
  closing.defer(() => folders.release());
  const live = LiveState.open({
    path: join(folders.runtime, "live.db"),
    copyPath: join(folders.data, "guesses-and-bans.jsonl"),
    clock,
    log,
  });
  closing.defer(() => live.close());
  handleFailures({ log, flush: () => live.flush(), process });
  const callsBefore = live.records<ResumableCall>("call");
  // A start that fails leaves the calls that it has found to the next one.
  let leaves = callsBefore.previous.size > 0;
  /** What ends with the calls, and not when they are left to the next process. */
  const withCalls = (close: () => unknown) => closing.defer(async () => void (leaves || (await close())));
  withCalls(() => live.clear());

  const database = join(folders.data, "parley.db");
  await requireMachine({ ...conditions, folders, lastEventAt: lastEventAt(database) });
  const backups = createBackups({ config, configText, folders, database, version, clock, log });
  closing.defer(() => backups.close());
  const place = { path: database, backupFolder: folders.backups };
  await prepareDatabase(place, backups, log);
  const store = await addRemedy(place, () => openStore(database, clock, { inThread: true }));
  closing.defer(() => store.close());
  const { access, keyIsNew } = await openAccess({ config, store, clock, log });
  closing.defer(() => access.close());
  const certificate = await followCertificate({ config, folders, signals: process, clock, log });
  closing.defer(() => certificate.close());
  const eventLog = await startEventLog({ config, repository: store.events, clock, log });
  closing.defer(() => eventLog.close());
  const warnings = warnOfMachine({ config, folders, clock, log });

  const accounts = await openAccounts(config, store, clock);
  const tokens = await JoinTokens.open({ repository: store.revocations, clock });
  const hep = openHep({ config, clock, log });
  closing.defer(() => hep?.close());
  const ladders = new CallLadders({ clock, maxBytes: config.call_records.ladder_mb * 2 ** 20 });
  const sipSetup = createSipSetup({
    config,
    tap(passing) {
      ladders.take(passing);
      hep?.take(passing);
    },
    accounts,
    tokens,
    certificate: certificate.sip,
    unanswered: live.records("invite"),
    banRecords: {
      sources: live.lasting("ban-source"),
      users: live.lasting("ban-user"),
      trusted: live.lasting("ban-trusted"),
    },
    userAgent,
    onBanned: ({ address: source, offence: reason, seconds }) =>
      eventLog.blocked({ guard: "sip", source, reason, seconds }),
    onFlood: (source) => eventLog.blocked({ guard: "calls", source }),
    clock,
    log,
  });
  const { sip, transport, directory, trunks } = sipSetup;
  const registrar = createRegistrar({ config, store, accounts, sipSetup, userAgent, clock, log });
  closing.defer(() => registrar.close());

  const voice = createVoice(installedLanguages(config.prompts.path));
  const workers = await startMedia({ config, folders, live, clock, log });
  closing.defer(() => (leaves ? workers.leave() : workers.close()));

  const overload = watchOverload({ config, workers, clock, log });
  closing.defer(() => overload.close());

  const address = serverAddresses({
    published: sipSetup.publicAddress,
    listening: sipSetup.addresses,
    interfaces: networkInterfaces(),
  });
  const local = await openLocalServer({
    repository: store.servers,
    clock,
    address,
    draining: () => sip.draining,
    overload,
  });
  const recordings = new RecordingsService({
    repository: store.recordings,
    files: recordingFiles,
    workers,
    settings: recordingSettings(config),
    stateRecords: live.records("recording"),
    clock,
    log,
  });
  closing.defer(() => (leaves ? recordings.leave() : recordings.close()));
  const rooms = createRooms({
    repository: store.rooms,
    recordings,
    workers,
    clock,
    logger: log,
    extensions: { first: config.rooms.extension_min, last: config.rooms.extension_max },
    reserved: reservedNumbers(config),
    host: local,
    voice,
    video: config.video.enabled,
    picture: config.video,
    stateRecords: live.records("room"),
    pinRecords: {
      mistakes: live.lasting("pin-mistakes"),
      known: live.lasting("pin-known"),
      rightNumbers: live.lasting("pin-numbers"),
    },
  });
  closing.defer(() => rooms.close());
  followRooms(rooms, recordings, log);
  const welcomes = Welcomes.open(folders.clips);
  await welcomes.keepOnly((await store.rooms.revisions()).map(({ id }) => id));
  const names = SpokenNames.open(folders.clips, log, clipsOf(callsBefore.previous.values()));
  withCalls(() => names.close());
  rooms.events.on("room.deleted", ({ room }) => {
    welcomes.remove(room.id).catch((err) => log.error({ err }, "the welcome of a room was not removed"));
  });

  const chat = await openChat({ config, store, rooms, folder: folders.chat, clock, log });
  closing.defer(() => chat.close());
  const members = new Members({
    repository: store.members,
    rooms,
    revoke: (room, holder) => tokens.revokeAllOfHolder(room, holder),
    isDisabled: (id) => isDisabledUser(access, id),
    clock,
  });
  followUsers({ access, members, tokens, log });

  const invitations = createMailInvites({ config, store, rooms, clock, log });
  closing.defer(() => invitations.close());

  const machine = createMachineLoad(clock);
  closing.defer(() => machine.close());
  const servers = createServers({ repository: store.servers, local, rooms, machine, overload, clock });

  const callLog = await openCallLog({
    repository: store.callRecords,
    clock,
    log,
    keepDays: config.call_records.keep_days,
    observer: ladders,
    resumable: new Set(callsBefore.previous.keys() as Iterable<CallId>),
  });
  closing.defer(() => callLog.close());
  const calls = createCalls({
    rooms,
    sip,
    records: callLog,
    trunkOf: ({ request, flow }) => directory.trunkOf(request, flow)?.name,
    authenticate: (trunk) => trunks.routes(trunk, "")[0]?.authenticate,
    termsOf: ({ principal }) => entryTermsOf({ tokens, members }, principal),
    createLeg,
    voice,
    keys: config.keys,
    musicWhenAlone: config.rooms.music_when_alone,
    lobby: lobbyOf(config),
    welcomeOf: (room) => welcomes.of(room)?.clip,
    names,
    clock,
    log,
    mediaAddress: (flow) => ({ bind: flow.local.address, advertised: transport.advertised(flow).address }),
    codecs: ({ request, flow }) => directory.codecs(request, flow),
    srtp: createSrtpTerms(config, directory),
    stateRecords: callsBefore,
  });
  sip.addEventPackage(createConferencePackage({ rooms, clock }));
  sip.onInvite = (invitation) => calls.receive(invitation);
  const maxCalls = config.sip.max_calls || Number.POSITIVE_INFINITY;
  sip.isFull = () => calls.count >= maxCalls;
  sip.isOverloaded = () => overload.active;
  eventLog.listen({
    rooms: rooms.events,
    servers: servers.events,
    logins: access.logins.events,
    calls: calls.events,
    recordings: recordings.events,
    chat: chat.events,
    backups: backups.events,
    workers,
    accounts: {
      events: accounts.events,
      registrations: registrar.events,
      find: (extension) => accounts.find(extension),
    },
  });
  endRevoked({ accounts, tokens, calls, sip });
  rooms.events.on("room.deleted", ({ room }) => {
    tokens.revokeAllOf(room.id).catch((err) => log.error({ err }, "the tokens of a room were not revoked"));
  });
  await appendMissingEvents({
    log: eventLog.log,
    repository: store.events,
    rooms: store.rooms,
    recordings: store.recordings,
  });
  await rooms.restore();

  const dialOut = await openDialOut({
    ...{ config, sipSetup, repository: store.dialUsage, rooms, calls, clock, log },
    accountTargets: accountTargets(accounts, registrar),
  });
  closing.defer(() => dialOut.close());
  const { budget, dialer } = dialOut;
  const tester = createTrunkTester({ config, sipSetup, budget, workers, clock, log });
  rooms.onDialOut = (room, number, host) =>
    host
      ? dialer.inviteForHost(room, { number, invitedBy: host.participant })
      : dialer.invite(room, { number });
  calls.hostDialer = dialer;
  sip.questions.onRefer = answerReferrals({ calls, rooms, dialer, sip, isKnown: sipSetup.isKnownAddress });

  const webPhones = createWebPhones(config, {
    tokens,
    fallback: address.ipv4 ?? address.ipv6 ?? "localhost",
    clock,
  });
  const { joinPage } = webPhones.address;
  const meetData = meetWebhookData({ rooms, owners: access, joinPage });
  const webhooks = await startWebhooks({ config, store, eventLog, userAgent, clock, log, meetData });
  closing.defer(() => webhooks.close());

  const health = createHealth({
    clock,
    sip,
    workers,
    ping: () => store.ping(),
    diskFault: () => diskFault(folders.data),
  });
  closing.defer(() => health.close());

  const links = await openLinkSigner(store);
  const api = await createApi({
    rooms,
    members,
    provisioning: createProvisioning({ config, store, rooms, members, tokens, clock, log }),
    servers,
    calls: callLog,
    ladders,
    webPhones,
    accounts: { accounts, registrationsOf: (extension) => registrar.bindingsOf(extension) },
    snapshots: await RoomPictures.open(folders.snapshots, rooms, clock),
    dumps: await CallDumps.open(folders.dumps, callLog.live),
    idempotencyStore: store.idempotency,
    access,
    events: { log: eventLog.log, onCall: () => rooms.meetings().map(roomOnCall) },
    webhooks,
    onBlocked: (source, seconds) => eventLog.blocked({ guard: "api", source, seconds }),
    downloads: { recordings, links },
    chat: { chat, links, maxFileBytes: config.chat.max_file_mb * 2 ** 20 },
    pageSecret: await openPageSecret(store),
    maxRoomsOfUser: config.self_service.max_rooms_per_user,
    health: health.read,
    debugState: () =>
      readDebugState({
        ...{ version, sip, calls, rooms, webhooks, trunks, workers },
        ...{
          ladders,
          registrar,
          overload,
          guard: sipSetup.digestGuard,
          events: eventLog.log,
          dialOut: budget,
        },
      }),
    examine: () =>
      examine({ config, folders, clock, live: liveFacts({ transport, trunks, workers, backups }) }),
    sipTrace: sipSetup.trace,
    sipSockets: sipSetup.sockets,
    welcomes,
    invitations,
    metrics: measureEvents(
      createMetrics({
        ...{ sip, transport, rooms, calls, callLog, trunks, budget, invitations, hep },
        digestGuard: sipSetup.digestGuard,
        registrar,
        certificate: certificate.keeper ?? certificate.sip,
        database: store,
        overload,
        backups,
        folders: { data: folders.data, recordings: folders.recordings },
        workers: workers.workers,
      }),
      { log: eventLog.log, webhooks },
    ),
    bans: sipSetup.digestGuard,
    trunks: {
      list: trunks.snapshot,
      dialOut: () => budget.snapshot(),
      lift: (name) => budget.lift(name),
      test: (name, number) => tester.run(name, number),
    },
    clock,
    log,
    version,
    ...apiSettings(config),
    ...(certificate.keeper && { tls: certificate.keeper }),
  });
  closing.defer(() => api.close());

  const resumed = await calls.resume({ sip, leg: (id) => resumeLeg(workers, id) }, rooms.insideBefore);
  for (const { trunk, closed } of resumed.placed) void closed.then(budget.recordAnswered(trunk));
  await eventLog.resume(rooms.meetings(), live.stoppedAt);
  await rooms.resumeRecordings();
  await callLog.closeUnresumed();

  const listeners = listenersOf(config);
  await listening(
    listeners.filter(({ section }) => section === "sip"),
    () => sip.listen(),
  );
  await registrar.restore();
  // Not before: what the workers have told meanwhile may end calls, or offer them other ports.
  await workers.settle();
  rooms.startDeletions();
  const stopped = { status: 503, text: "Server stopped", code: "SERVER_STOPPED" satisfies ReasonCode };
  withCalls(() => sip.close(stopped));
  withCalls(() => calls.endAll(stopped));
  withCalls(() => rooms.stopping());
  withCalls(() => trunks.close());
  trunks.start();
  resumed.goOn();
  if (live.stoppedAt !== undefined) rooms.catchUpWithSchedules(live.stoppedAt);
  live.started();
  const { listen_address: host, port } = config.api;
  await listening(
    listeners.filter(({ section }) => section === "api"),
    () => api.listen({ host, port }),
  );
  const admin = await listenLocally(api, folders.adminSocket);
  closing.defer(() => admin.close());
  health.started();
  await servers.announce();
  void recordings.recover();
  void invitations.start();
  backups.start();
  const memory = new IdleMemory({ clock, isBusy: () => calls.count > 0 });
  closing.defer(() => memory.close());
  log.info(
    {
      version,
      sip: { addresses: sipSetup.addresses, port: config.sip.port, tlsPort: config.sip.tls_port },
      api: `${host}:${port}`,
    },
    "ready",
  );

  const stopping = new AbortController();
  if (process.stdout.isTTY) {
    const { signal } = stopping;
    showFirstSteps({ version, config, folders, rooms, warnings, keyIsNew, signal, clock }).catch((err) => {
      if (!signal.aborted) log.warn({ err }, "the first steps could not be shown");
    });
  }

  leaves = false;
  const how = await untilStopped({
    clock,
    log,
    drainMs: config.node.drain_seconds * 1000,
    signals: process,
    calls,
    onDrain: () => {
      stopping.abort();
      sip.draining = true;
      void servers.announce();
      // The registrars that we are registered at send no further call here.
      void trunks.close();
    },
  });
  if (how === "stop") {
    log.info({ calls: calls.count }, "stopping");
    return how;
  }
  stopping.abort();
  // Numbers that ring are called no more; what comes from now on, the next process gets.
  dialOut.close();
  await transport.close();
  live.flush();
  leaves = true;
  log.info({ calls: calls.count }, "ends; the calls are left to the next process");
  return how;
}

/** The names that callers of the previous process have said. */
function clipsOf(before: Iterable<ResumableCall>): ReadonlySet<string> {
  return new Set([...before].flatMap(({ participant }) => participant?.name?.clip ?? []));
}

function lobbyOf({ rooms }: Config): { extension: string; language: string } | undefined {
  const { lobby_extension: extension, lobby_language: language } = rooms;
  return extension === "" ? undefined : { extension, language };
}

try {
  // Sessions that are not ended keep their timers.
  if ((await main()) === "leave") process.exit();
} catch (error) {
  explainStartError(error);
}
