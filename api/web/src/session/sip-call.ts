// One call to the room: SIP over WebSocket (RFC 7118) with the join token as bearer credential (RFC 8898), audio and, where the room
// has a picture, video by WebRTC.
import { type Core, Inviter, type Session, SessionState, UserAgent, type Web } from "sip.js";
import type { JoinSession } from "../../../join/schemas.ts";
import { AudioLine } from "./audio-line.ts";
import { bridgePath } from "./bridge-path.ts";
import type { CallEnd } from "./call-end.ts";
import { JoinRefused } from "./join-api.ts";
import { lineHandlerFactory } from "./line-handler.ts";
import type { Problem } from "./problem.ts";
import { codeOf, endOfBye, problemOfResponse } from "./reason.ts";
import type { VideoLines, VideoRights } from "./video-lines.ts";

/** How it has ended, or why the bridge has sent the caller away before they were let in. */
export type SipCallEnd = CallEnd | Problem;
type FinalEnd = Exclude<SipCallEnd, "lost">;

/** The call is over for good while something else was awaited of it. */
export class CallOver extends Error {
  readonly end: FinalEnd;

  constructor(end: FinalEnd) {
    super(`The call is over: ${end}`);
    this.end = end;
  }
}

export interface SipCallOptions {
  readonly session: JoinSession;
  readonly token: string;
  readonly displayName: string;
  /** Undefined: there is none, and the participant only listens. */
  readonly microphone: MediaStream | undefined;
  readonly video: VideoLines;
  /** An earlier call, whose place in the room this one takes over. */
  readonly replaces?: string | undefined;
  /** Called with the audio to play. */
  readonly onAudio: (stream: MediaStream) => void;
  /** Once, after `start` has resolved, and again after `resume` has. */
  readonly onEnd: (end: SipCallEnd) => void;
}

const connectWithinSeconds = 8;
const gatherWithinMs = 3_000;
const hangUpWithinMs = 1_000;
const answerWithinMs = 8_000;
/** ICE needs so long at most until the first audio, or the call is given up. */
const mediaWithinMs = 15_000;
/** Connectivity checks may remain unanswered for so long before ICE is restarted: a short gap mends itself. */
const gapMs = 3_000;
/** Another offer may be on its way, of either side: the offer of a microphone is repeated (RFC 3261 §14.1). */
const offerAgainMs = 2_500;
const maxOffers = 4;

type Handler = Web.SessionDescriptionHandler;

const restartOptions: Web.SessionDescriptionHandlerOptions = { offerOptions: { iceRestart: true } };

export class SipCall {
  readonly #options: SipCallOptions;
  readonly #agent: UserAgent;
  #inviter: Inviter | undefined;
  #end: SipCallEnd | undefined;
  /** Aborts when there is no session any more. */
  readonly #over = new AbortController();
  #isUp = false;
  #isClosed = false;
  #gap: ReturnType<typeof setTimeout> | undefined;
  /** What is sent: of its own, because the end of the call stops it. */
  #sent: MediaStream | undefined;
  readonly #audio = new AudioLine(() => this.#sent?.getAudioTracks()[0]);
  #muted = false;

  constructor(options: SipCallOptions) {
    this.#options = options;
    const { session, displayName, microphone, video } = options;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#agent = new UserAgent({
      uri: uriOf(`sip:${randomName()}@${session.sip.domain}`),
      displayName,
      logBuiltinEnabled: false,
      transportOptions: {
        server: `${scheme}://${location.host}${bridgePath(session.sip.path)}`,
        connectionTimeout: connectWithinSeconds,
        keepAliveInterval: 20,
        traceSip: false,
      },
      sessionDescriptionHandlerFactory: lineHandlerFactory({ audio: this.#audio, video }),
      sessionDescriptionHandlerFactoryOptions: {
        iceGatheringTimeout: gatherWithinMs,
        peerConnectionConfiguration: {
          bundlePolicy: "max-bundle",
          iceServers: iceServersOf(session),
        },
      },
      delegate: { onDisconnect: () => this.#finish("lost") },
    });
    // Last, so that it is not left open by an error.
    this.#sent = microphone?.clone();
  }

  /** Resolves when the bridge has answered and audio has found its way. @throws JoinRefused, CallOver */
  async start(): Promise<void> {
    try {
      await this.#connect();
      this.throwIfOver();
      const inviter = this.#invitation();
      await this.#answer(inviter);
      this.#options.onAudio(handlerOf(inviter).remoteMediaStream);
      const connection = handlerOf(inviter).peerConnection!;
      connection.addEventListener("connectionstatechange", () => this.#watch(connection));
      await mediaOf(connection, { restarted: false, over: this.#over.signal });
      if (this.#end === "lost") throw new JoinRefused("webSocketBlocked");
      this.throwIfOver();
    } catch (error) {
      const end = this.#end;
      // Which ends the session as well.
      await this.#close();
      if (isOver(end)) throw new CallOver(end);
      throw error;
    }
    this.#isUp = true;
  }

  async #connect(): Promise<void> {
    try {
      await this.#agent.start();
    } catch {
      throw new JoinRefused("webSocketBlocked");
    }
  }

  #invitation(): Inviter {
    const { session, token, replaces } = this.#options;
    this.#inviter = new Inviter(this.#agent, uriOf(session.sip.uri), {
      extraHeaders: [
        `Authorization: Bearer ${token}`,
        ...(replaces === undefined ? [] : [`Replaces: ${replaces}`, "Require: replaces"]),
      ],
      sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } },
    });
    return this.#inviter;
  }

  /**
   * Goes on with a call that is lost, after the network has changed: by a new WebSocket, on which a re-INVITE restarts ICE
   * (RFC 8839 §4.4.1.1.1). Rejects when the call cannot go on; another one may still take over its place, unless the bridge has
   * ended the call in the meantime. @throws JoinRefused, CallOver
   */
  async resume(session: JoinSession, token: string): Promise<void> {
    try {
      await this.#restart(session, token);
    } catch (error) {
      this.throwIfOver();
      throw error;
    }
    this.throwIfOver();
    // Without a BYE that says why, as when the bridge does not know the call any more.
    if (this.#inviter?.state !== SessionState.Established) throw new JoinRefused("placeGone");
    this.#end = undefined;
  }

  async #restart(session: JoinSession, token: string): Promise<void> {
    const connection = this.#connection();
    if (connection === undefined) throw new JoinRefused("mediaBlocked");
    // Credentials of relays may have ended since.
    connection.setConfiguration({ ...connection.getConfiguration(), iceServers: iceServersOf(session) });
    const { transport } = this.#agent;
    // The old one may be dead without the browser knowing it.
    transport.disconnect().catch(() => {});
    try {
      await transport.connect();
    } catch {
      throw new JoinRefused("webSocketBlocked");
    }
    await this.#reoffer(token, restartOptions);
    await mediaOf(connection, { restarted: true, over: this.#over.signal });
    if (!transport.isConnected()) throw new JoinRefused("webSocketBlocked");
  }

  /** Of the INVITE, once it is sent. */
  get callId(): string {
    return this.#inviter?.request.callId ?? "";
  }

  /** The value of Replaces with which another call takes over this one's place (RFC 3891); undefined before it is up. */
  get replaces(): string | undefined {
    const dialog = this.#inviter?.dialog;
    return dialog && `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`;
  }

  /** A call that is lost may still go on; one that the bridge has ended, or the person, does not. @throws CallOver */
  throwIfOver(): void {
    if (isOver(this.#end)) throw new CallOver(this.#end);
  }

  /** Of a call that is lost: frees what it holds, once another call has its place or none is wanted. */
  discard(): Promise<void> {
    return this.#close();
  }

  /** Hangs up. */
  async leave(): Promise<void> {
    this.#finish("left");
    await this.#close();
  }

  /** A key of the keypad: an RFC 4733 event, or, where no audio is sent, a SIP INFO. */
  sendKey(key: string): void {
    if (this.#inviter === undefined) return;
    if (this.#audio.sends) {
      handlerOf(this.#inviter).sendDtmf(key, { duration: 120, interToneGap: 60 });
      return;
    }
    const content = `Signal=${key}\r\nDuration=120\r\n`;
    const body = { contentDisposition: "render", contentType: "application/dtmf-relay", content };
    this.#inviter.info({ requestOptions: { body } }).catch(() => {});
  }

  /** Nothing leaves this machine while muted. */
  mute(muted: boolean): void {
    this.#muted = muted;
    for (const track of this.#sent?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  /** From now on this microphone is heard; the call goes on. */
  async replaceMicrophone(microphone: MediaStream): Promise<void> {
    if (this.#isClosed) return;
    const before = this.#sent;
    this.#sent = microphone.clone();
    this.mute(this.#muted);
    await this.#audio.send();
    for (const track of before?.getTracks() ?? []) track.stop();
  }

  /**
   * After a microphone has come into a call without one: what only receives takes a new offer to send. To be called when the call is
   * up. @throws JoinRefused
   */
  async offerMicrophone(token: () => string): Promise<void> {
    for (let offers = 1; ; offers++) {
      const isDue = this.#sent !== undefined && !this.#audio.sends;
      if (!isDue || !this.#isUp || this.#end !== undefined) return;
      try {
        await this.#reoffer(token(), {});
        return;
      } catch (error) {
        if (offers === maxOffers) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, offerAgainMs));
    }
  }

  /** What may be sent of one's own has changed: what is allowed again may take a new offer. */
  async followRights(rights: VideoRights, token: string): Promise<void> {
    const isOfferDue = this.#options.video.follow(rights);
    if (isOfferDue && this.#isUp && this.#end === undefined) await this.#reoffer(token, {});
  }

  async stats(): Promise<RTCStatsReport | undefined> {
    return this.#connection()?.getStats();
  }

  #connection(): RTCPeerConnection | undefined {
    return this.#inviter === undefined ? undefined : handlerOf(this.#inviter)?.peerConnection;
  }

  #answer(inviter: Inviter): Promise<void> {
    return new Promise((resolve, reject) => {
      let problem: Problem = "serverBusy";
      let isAnswered = false;
      inviter.stateChange.addListener((state) => {
        if (state === SessionState.Established) {
          isAnswered = true;
          resolve();
        }
        if (state !== SessionState.Terminated) return;
        this.#over.abort();
        // The reason of a refusal is told after the state.
        if (!isAnswered) setTimeout(() => reject(new JoinRefused(problem)));
        // Only a BYE carries the cause: a call that is lost has none.
        else if (this.#end === undefined) this.#finish("ended");
      });
      inviter.delegate = {
        onBye: (bye) => {
          void bye.accept();
          const reason = bye.request.getHeader("reason") ?? "";
          // Another call of this page has taken over the place of a lost one.
          const isReplaced = this.#end === "lost" && codeOf(reason) === "TRANSFERRED";
          this.#finish(isReplaced ? "lost" : endOfBye(reason));
        },
      };
      const onReject = ({ message }: Core.IncomingResponse) => {
        problem = problemOfRefusal(message);
      };
      inviter
        .invite({ requestDelegate: { onReject } })
        .catch(() => reject(new JoinRefused("serverUnreachable")));
    });
  }

  #reoffer(token: string, options: Web.SessionDescriptionHandlerOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (problem: Problem) => {
        clearTimeout(timer);
        reject(new JoinRefused(problem));
      };
      const timer = setTimeout(() => fail("serverUnreachable"), answerWithinMs);
      const onAccept = () => {
        clearTimeout(timer);
        resolve();
      };
      const onReject = ({ message }: Core.IncomingResponse) => fail(problemOfRefusal(message));
      this.#inviter!.invite({
        requestOptions: { extraHeaders: [`Authorization: Bearer ${token}`] },
        sessionDescriptionHandlerOptions: options,
        requestDelegate: { onAccept, onReject },
      }).catch(() => fail("serverBusy"));
    });
  }

  /** Of a call that is up: audio that has stopped is a call that is lost. */
  #watch({ connectionState: state }: RTCPeerConnection): void {
    clearTimeout(this.#gap);
    if (state === "failed" || state === "closed") this.#finish("lost");
    else if (state === "disconnected") this.#gap = setTimeout(() => this.#finish("lost"), gapMs);
  }

  /** The first end counts; of a call that is lost, also the final one that comes later. */
  #finish(end: SipCallEnd): void {
    const before = this.#end;
    if (before !== undefined && (before !== "lost" || end === "lost")) return;
    clearTimeout(this.#gap);
    this.#end = end;
    if (end !== "lost") this.#over.abort();
    // `start` and `resume` tell it themselves.
    if (!this.#isUp || before === "lost" || end === "left") return;
    this.#options.onEnd(end);
    // Media that ends in good order would give up the place in the room, which another call is to take over.
    if (end !== "lost") void this.#close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    const inviter = this.#inviter;
    const goodbye = inviter === undefined ? undefined : hangUp(inviter).catch(() => {});
    // A connection that is dead does not carry a BYE.
    await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, hangUpWithinMs))]);
    if (inviter !== undefined) handlerOf(inviter)?.close();
    for (const track of this.#sent?.getTracks() ?? []) track.stop();
    this.#options.video.stop();
    await this.#agent.stop().catch(() => {});
  }
}

async function hangUp(session: Inviter): Promise<void> {
  if (session.state === SessionState.Established) await session.bye();
  else if (session.state === SessionState.Establishing) await session.cancel();
}

interface MediaWait {
  /** ICE begins again, and may have failed before. */
  readonly restarted: boolean;
  /** The call is over. */
  readonly over: AbortSignal;
}

/** Resolves when audio has found its way. @throws JoinRefused */
function mediaOf(connection: RTCPeerConnection, { restarted, over }: MediaWait): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const settle = (act: () => void) => {
      clearTimeout(timer);
      settled.abort();
      act();
    };
    const refuse = () => settle(() => reject(new JoinRefused("mediaBlocked")));
    const timer = setTimeout(refuse, mediaWithinMs);
    const look = () => {
      const state = connection.connectionState;
      if (state === "connected") settle(resolve);
      else if (over.aborted || state === "closed" || (state === "failed" && !restarted)) refuse();
    };
    connection.addEventListener("connectionstatechange", look, { signal: settled.signal });
    // A connection that the page itself closes causes no event.
    over.addEventListener("abort", refuse, { signal: settled.signal });
    look();
  });
}

const isOver = (end: SipCallEnd | undefined): end is FinalEnd => end !== undefined && end !== "lost";

const handlerOf = (session: Session) => session.sessionDescriptionHandler as Handler;

const iceServersOf = (session: JoinSession): RTCIceServer[] =>
  session.ice_servers.map((server) => ({ ...server }));

/** One's own address is of no meaning: the token says who calls. */
const randomName = () => `web-${crypto.randomUUID().slice(0, 8)}`;

function uriOf(text: string) {
  const uri = UserAgent.makeURI(text);
  if (uri === undefined) throw new JoinRefused("linkInvalid");
  return uri;
}

/** The bridge says in the header Reason what its status means here (RFC 3326). */
const problemOfRefusal = (message: Core.IncomingResponseMessage): Problem =>
  problemOfResponse(message.statusCode ?? 500, message.getHeader("reason") ?? "");
