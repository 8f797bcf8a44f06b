// The call's lines of video: one that brings the room's picture and takes the own camera, and one for a shared screen (RFC 4796).
// Pictures are switched on and off without a new offer: a line that may send is offered as such from the beginning. Where the bridge
// offers lines, because the call has come into a room with a picture later, those are taken.
import { markSlides, type OwnPictures, outgoingOf } from "./outgoing.ts";

export interface VideoRights {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** What the bridge decodes, and the retransmission of it. */
const codecs = ["video/vp8", "video/h264", "video/rtx"];

export interface VideoLinesOptions {
  readonly rights: VideoRights;
  /** The room has a picture: lines are offered. */
  readonly offers: boolean;
  /** After each answer, of either side. */
  readonly onAgreed: (canvas: MediaStream | undefined) => void;
}

export class VideoLines {
  readonly #options: VideoLinesOptions;
  #rights: VideoRights;
  #offered: VideoRights = { camera: false, screen: false };
  #own: OwnPictures<MediaStreamTrack> = { camera: undefined, screen: undefined };
  #main: Line | undefined;
  #slides: Line | undefined;

  constructor(options: VideoLinesOptions) {
    this.#options = options;
    this.#rights = options.rights;
  }

  /** Before each description: the lines as they are to stand in it. Sound must have its line already, which is the first. */
  describe(connection: RTCPeerConnection): void {
    const { camera, screen } = this.#rights;
    if (connection.signalingState === "have-remote-offer") this.#take(connection);
    else if (this.#options.offers) {
      this.#main ??= Line.add(connection);
      if (screen) this.#slides ??= Line.add(connection);
    }
    this.#main?.direct(camera ? "sendrecv" : "recvonly");
    this.#slides?.direct(screen ? "sendonly" : "inactive");
    this.#offered = this.#rights;
    this.#send();
  }

  /** The bridge's lines in the place of those that it has refused before, or that there are none of. */
  #take(connection: RTCPeerConnection): void {
    for (const transceiver of connection.getTransceivers()) {
      const isOurs = [this.#main, this.#slides].some((line) => line?.is(transceiver));
      if (transceiver.receiver.track.kind !== "video" || isOurs) continue;
      if (this.#main?.isOpen !== true) this.#main = new Line(transceiver);
      else if (this.#slides?.isOpen !== true) this.#slides = new Line(transceiver);
    }
  }

  /** After each answer, which says what is sent. */
  agreed(): void {
    this.#send();
    this.#options.onAgreed(this.#main?.picture);
  }

  /** The description as it is sent. */
  mark(sdp: string): string {
    const mid = this.#slides?.mid;
    return mid ? markSlides(sdp, mid) : sdp;
  }

  /** From now on these pictures of one's own are sent. */
  show(own: OwnPictures<MediaStreamTrack>): void {
    this.#own = own;
    this.#send();
  }

  #send(): void {
    const { main, slides } = outgoingOf(this.#own, this.#slides?.sends ?? false);
    this.#main?.send(main);
    this.#slides?.send(slides);
  }

  /** Answers whether a new offer is needed so that what is allowed now can be sent. */
  follow(rights: VideoRights): boolean {
    this.#rights = rights;
    if (this.#main === undefined) return false;
    return (rights.camera && !this.#offered.camera) || (rights.screen && !this.#offered.screen);
  }

  /** Lets go of what is sent. */
  stop(): void {
    this.show({ camera: undefined, screen: undefined });
  }
}

class Line {
  readonly #transceiver: RTCRtpTransceiver;
  #source: MediaStreamTrack | undefined;
  /** Of its own, because the end of the call stops it. */
  #sent: MediaStreamTrack | undefined;
  readonly #picture: MediaStream;

  static add(connection: RTCPeerConnection): Line {
    return new Line(connection.addTransceiver("video", { direction: "inactive" }));
  }

  constructor(transceiver: RTCRtpTransceiver) {
    this.#transceiver = transceiver;
    this.#picture = new MediaStream([transceiver.receiver.track]);
    const known = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
    const wanted = known.filter(({ mimeType }) => codecs.includes(mimeType.toLowerCase()));
    // Browsers that cannot choose offer all of theirs.
    if (wanted.length > 0) this.#transceiver.setCodecPreferences?.(wanted);
    const receiver: RTCRtpReceiver & { jitterBufferTarget?: number | null; playoutDelayHint?: number } =
      this.#transceiver.receiver;
    // The room's picture is shown as soon as it can be.
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
    else if ("playoutDelayHint" in receiver) receiver.playoutDelayHint = 0;
  }

  is(transceiver: RTCRtpTransceiver): boolean {
    return this.#transceiver === transceiver;
  }

  /** Not refused. */
  get isOpen(): boolean {
    return this.#transceiver.direction !== "stopped";
  }

  get mid(): string | null {
    return this.#transceiver.mid;
  }

  /** As the answer has it. */
  get sends(): boolean {
    const { currentDirection } = this.#transceiver;
    return currentDirection === "sendrecv" || currentDirection === "sendonly";
  }

  /** What comes by it; undefined: nothing does. */
  get picture(): MediaStream | undefined {
    const { currentDirection } = this.#transceiver;
    return currentDirection === "sendrecv" || currentDirection === "recvonly" ? this.#picture : undefined;
  }

  direct(direction: RTCRtpTransceiverDirection): void {
    // A line that the bridge has refused stays so.
    if (this.isOpen) this.#transceiver.direction = direction;
  }

  send(track: MediaStreamTrack | undefined): void {
    if (track === this.#source) return;
    this.#source = track;
    const before = this.#sent;
    this.#sent = track?.clone();
    this.#transceiver.sender.replaceTrack(this.#sent ?? null).catch(() => {});
    before?.stop();
  }
}
