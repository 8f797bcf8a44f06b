// A participant's part in a meeting: from the link to the end. Owns the token, the call and the roster, and shows what the page
// draws as signals.
import { computed, signal } from "@preact/signals";
import type { JoinSession, Roster, RosterEntry } from "../../../join/schemas.ts";
import { type FinalEnd, isCallEnd } from "./call-end.ts";
import { ChatSession } from "./chat.ts";
import { roomOfAddress, tokenOfAddress, tokenOfUser } from "./exchange.ts";
import { JoinApi, JoinRefused } from "./join-api.ts";
import { OwnButtons } from "./own-buttons.ts";
import { recallName, rememberName } from "./own-name.ts";
import { OwnSound } from "./own-sound.ts";
import { OwnVideo } from "./own-video.ts";
import { pauseOrOnline } from "./pause.ts";
import { type Problem, problemOfEntry } from "./problem.ts";
import { judgeQuality, type Quality, type Reading, readStats } from "./quality.ts";
import { retryDelay } from "./retry.ts";
import { RosterFeed } from "./roster-feed.ts";
import { CallOver, SipCall, type SipCallEnd, type SipCallOptions } from "./sip-call.ts";
import { TokenRenewal } from "./token-renewal.ts";
import { VideoLines, type VideoRights } from "./video-lines.ts";
import { keepAwake } from "./wake-lock.ts";

export type Stage =
  | { readonly name: "loading" | "signIn" }
  | { readonly name: "lobby" }
  | { readonly name: "connecting" }
  | { readonly name: "room" }
  /** The connection is lost and tried again. */
  | { readonly name: "reconnecting" }
  | { readonly name: "over"; readonly end: FinalEnd }
  | { readonly name: "problem"; readonly problem: Problem };

const qualityEveryMs = 3_000;

export class MeetingSession {
  readonly stage = signal<Stage>({ name: "loading" });
  readonly session = signal<JoinSession | undefined>(undefined);
  readonly roster = signal<Roster | undefined>(undefined);
  readonly chat = signal<ChatSession | undefined>(undefined);
  readonly sound = new OwnSound({
    onMicrophone: (microphone) => this.#useMicrophone(microphone),
  });
  /** Without a microphone: nothing can be heard of oneself. */
  readonly isListening = computed(() => this.sound.microphone.value === undefined);
  /** One's own camera and screen. */
  readonly own = new OwnVideo(() => this.session.value?.room.picture ?? undefined);
  /** The room's picture; undefined: there is none. */
  readonly canvas = signal<MediaStream | undefined>(undefined);
  readonly quality = signal<Quality>("unknown");
  /** An operation that the bridge has refused a moment ago. */
  readonly refusal = signal<Problem | undefined>(undefined);
  readonly me = computed<RosterEntry | undefined>(() => {
    const roster = this.roster.value;
    return roster?.participants.find(({ id }) => id === roster.you);
  });
  readonly #buttons = new OwnButtons((path, on) => this.#api!.change("PUT", path, { on }));
  /** Whether the participant is muted, for any reason. */
  readonly muted = this.#buttons.muted;
  /** What one may do at this moment; before one is inside, what the link allows. */
  readonly permissions = computed(
    () => this.roster.value?.permissions ?? this.session.value?.participant.permissions,
  );
  readonly isHost = computed(() => (this.me.value?.role ?? this.session.value?.participant.role) === "host");
  /** Has a host's buttons but for calling numbers. */
  readonly isLeading = computed(() => this.isHost.value || (this.me.value?.chairman ?? false));

  #api: JoinApi | undefined;
  #call: SipCall | undefined;
  #video: VideoLines | undefined;
  #name = "";
  #reading: Reading | undefined;
  readonly #feed = new RosterFeed({
    open: (ended) => this.#api!.follow(ended),
    onRoster: (roster) => {
      this.roster.value = roster;
    },
    onMessage: (message) => this.chat.value?.heard(message),
    onChatReadable: () => void this.chat.value?.load(),
  });
  readonly #renewal = new TokenRenewal({ renew: () => this.#api!.renew(), isPassing });
  readonly #makeCall: (options: SipCallOptions) => SipCall;

  constructor(makeCall = (options: SipCallOptions) => new SipCall(options)) {
    this.#makeCall = makeCall;
    this.me.subscribe((me) => this.#buttons.hear(me));
    this.muted.subscribe((muted) => this.#call?.mute(muted));
    this.permissions.subscribe(() => this.#followRights());
    this.own.pictures.subscribe((pictures) => this.#video?.show(pictures));
    keepAwake(computed(() => ["connecting", "room", "reconnecting"].includes(this.stage.value.name)));
    setInterval(() => void this.#judgeConnection(), qualityEveryMs);
    // A page that is closed, reloaded or left hangs up while it still can: the BYE goes out before this returns.
    addEventListener("pagehide", () => {
      if (this.#call !== undefined) void this.leave();
    });
  }

  /** Reads the link and asks the bridge what it opens. Also the way on after most problems. */
  async open(): Promise<void> {
    this.stage.value = { name: "loading" };
    try {
      if (!isSecureContext) throw new JoinRefused("insecure");
      if (!("RTCPeerConnection" in globalThis) || navigator.mediaDevices === undefined) {
        throw new JoinRefused("oldBrowser");
      }
      if (roomOfAddress(location) !== undefined) {
        this.stage.value = { name: "signIn" };
        return;
      }
      const token = await tokenOfAddress(location);
      if (token === undefined) throw new JoinRefused("noLink");
      await this.#enterLobby(token);
    } catch (error) {
      this.#stumble(error);
    }
  }

  /** For the link of a room that is for users of the bridge. Resolves with what is wrong with the login. */
  async signIn(username: string, password: string): Promise<Problem | undefined> {
    let token: string;
    try {
      token = await tokenOfUser({ room: roomOfAddress(location) ?? "", username, password });
    } catch (error) {
      return error instanceof JoinRefused ? error.problem : "serverBusy";
    }
    await this.#enterLobby(token).catch((error) => this.#stumble(error));
    return undefined;
  }

  async #enterLobby(token: string): Promise<void> {
    this.#api = new JoinApi(token);
    this.chat.value = new ChatSession(this.#api);
    this.session.value = await this.#api.session();
    this.stage.value = { name: "lobby" };
    // Where there is none the lobby says so, and lets one join all the same.
    await this.sound.openMicrophone();
  }

  /** The name that is proposed: the token's, else the one of last time. */
  get proposedName(): string {
    const given = this.session.value?.participant.display_name ?? "";
    return given === "" ? recallName() : given;
  }

  /** Calls the room. */
  async join(name: string): Promise<void> {
    this.#name = name;
    rememberName(name);
    this.stage.value = { name: "connecting" };
    try {
      this.session.value = await this.#api!.session();
      const obstacle = problemOfEntry(this.session.value.room.entry);
      if (obstacle !== undefined && !this.isHost.value) throw new JoinRefused(obstacle);
      await this.#dial();
    } catch (error) {
      this.#stumble(error);
    }
  }

  async leave(): Promise<void> {
    const call = this.#call;
    this.#hangUp("left");
    await call?.leave();
  }

  async toggleMute(): Promise<void> {
    const error = await this.#buttons.mute(!this.muted.peek());
    if (error !== undefined) this.#showRefusal(error);
  }

  toggleHand(): Promise<void> {
    return this.change("PUT", "/self/hand", { on: !(this.me.value?.hand_raised ?? false) });
  }

  /** An operation of the join API; a refusal is shown for a while. */
  async change(method: "PUT" | "POST" | "DELETE", path: string, body?: object): Promise<void> {
    try {
      await this.#api!.change(method, path, body);
    } catch (error) {
      this.#showRefusal(error);
    }
  }

  #showRefusal(error: unknown): void {
    const problem = error instanceof JoinRefused ? error.problem : "serverBusy";
    this.refusal.value = problem;
    setTimeout(() => {
      if (this.refusal.value === problem) this.refusal.value = undefined;
    }, 5_000);
  }

  sendKey(key: string): void {
    this.#call?.sendKey(key);
  }

  /** `replaces`: the call whose place it takes over. */
  async #dial(replaces?: string): Promise<void> {
    const video: VideoLines = new VideoLines({
      ...{ rights: this.#rights, offers: this.session.value!.room.picture !== null },
      onAgreed: (canvas) => {
        if (this.#video === video) this.canvas.value = canvas;
      },
    });
    video.show(this.own.pictures.value);
    const call: SipCall = this.#makeCall({
      ...{ replaces, video },
      session: this.session.value!,
      token: this.#api!.token,
      displayName: this.#name,
      microphone: this.sound.microphone.value,
      onAudio: (stream) => this.sound.play(stream),
      onEnd: (end) => {
        if (this.#call === call) void this.#ended(end);
      },
    });
    this.#call = call;
    this.#video = video;
    // A call after a muted one says nothing, either.
    call.mute(this.muted.peek());
    await call.start();
    await this.#enter(call);
  }

  async #useMicrophone(microphone: MediaStream): Promise<void> {
    const call = this.#call;
    await call?.replaceMicrophone(microphone);
    if (call !== undefined && this.stage.peek().name === "room") void this.#offerMicrophone(call);
  }

  /** A call that began without a microphone sends only after a new offer. */
  async #offerMicrophone(call: SipCall): Promise<void> {
    try {
      await call.offerMicrophone(() => this.#api!.token);
    } catch (error) {
      if (this.#call === call) this.#showRefusal(error);
    }
  }

  get #rights(): VideoRights {
    const { can_publish_video: camera = false, can_share_screen: screen = false } =
      this.permissions.value ?? {};
    return { camera, screen };
  }

  /** What is not allowed any more ends at once. */
  #followRights(): void {
    const rights = this.#rights;
    if (!rights.camera) this.own.stopCamera();
    if (!rights.screen) this.own.stopScreen();
    // A refusal leaves the call as it is.
    void this.#call?.followRights(rights, this.#api!.token).catch(() => {});
  }

  /** Of a call that is up, unless it is not wanted any more. */
  async #enter(call: SipCall): Promise<void> {
    this.#api!.sipCallId = call.callId;
    if (this.#call !== call) {
      await call.leave();
      return;
    }
    this.stage.value = { name: "room" };
    this.#followRights();
    void this.#offerMicrophone(call);
    this.#renewal.start(this.session.value!.expires_in);
    this.#reading = undefined;
    this.#feed.start();
  }

  async #ended(end: SipCallEnd): Promise<void> {
    if (end !== "lost") {
      this.#stumble(new CallOver(end));
      return;
    }
    this.stage.value = { name: "reconnecting" };
    // The bridge holds the call until it finds that nothing comes any more: first it is resumed, then another one takes over
    // its place.
    const lost = this.#call!;
    let place = lost.replaces;
    let isResumable = true;
    const since = performance.now();
    for (let attempt = 0; this.#isReconnecting(); attempt++) {
      const delay = retryDelay(attempt, performance.now() - since, Math.random());
      if (delay === undefined) {
        this.#stumble(new JoinRefused("serverUnreachable"));
        break;
      }
      await pauseOrOnline(delay);
      if (!this.#isReconnecting()) break;
      try {
        const session = await this.#api!.session();
        if (!this.#isReconnecting()) break;
        lost.throwIfOver();
        this.session.value = session;
        if (isResumable) {
          isResumable = false;
          const obstacle = await this.#resume(lost);
          if (obstacle === undefined) return;
          if (obstacle === "placeGone") place = undefined;
        }
        await this.#dial(place);
      } catch (error) {
        if (!this.#isReconnecting()) break;
        if (error instanceof JoinRefused && error.problem === "placeGone") {
          // The bridge is there: nothing is to be waited for.
          place = undefined;
          attempt = -1;
        } else if (!isPassing(error)) this.#stumble(error);
      }
    }
    await lost.discard();
  }

  /** Undefined: the call goes on. @throws CallOver */
  async #resume(call: SipCall): Promise<Problem | undefined> {
    try {
      await call.resume(this.session.value!, this.#api!.token);
    } catch (error) {
      if (error instanceof CallOver) throw error;
      return error instanceof JoinRefused ? error.problem : "serverBusy";
    }
    await this.#enter(call);
    return undefined;
  }

  #isReconnecting(): boolean {
    return this.stage.value.name === "reconnecting";
  }

  #hangUp(end: FinalEnd): void {
    this.#release();
    this.stage.value = { name: "over", end };
  }

  #stumble(error: unknown): void {
    this.#release();
    this.stage.value = stageAfter(error);
  }

  #release(): void {
    this.#renewal.stop();
    this.#feed.stop();
    this.#call = undefined;
    this.#video = undefined;
    this.own.stop();
    this.sound.stop();
    this.canvas.value = undefined;
    this.roster.value = undefined;
    this.#buttons.reset();
  }

  async #judgeConnection(): Promise<void> {
    if (this.stage.value.name !== "room") return;
    const report = await this.#call?.stats();
    if (report === undefined) return;
    const reading = readStats(report.values());
    this.quality.value = judgeQuality(this.#reading, reading);
    this.#reading = reading;
  }
}

/** What has kept the person from going on, or how the call has ended. */
function stageAfter(error: unknown): Stage {
  if (error instanceof JoinRefused) return { name: "problem", problem: error.problem };
  if (!(error instanceof CallOver)) return { name: "problem", problem: "serverBusy" };
  const { end } = error;
  return isCallEnd(end) ? { name: "over", end } : { name: "problem", problem: end };
}

/** Of a call that was up: the bridge or the network may be back at the next try. */
const isPassing = (error: unknown): boolean =>
  error instanceof JoinRefused &&
  ["serverUnreachable", "serverBusy", "webSocketBlocked", "mediaBlocked"].includes(error.problem);
