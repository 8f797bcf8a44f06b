// The call's lines of video: one that brings the room's picture and takes the own camera, and one for a shared screen (RFC 4796).
// Pictures are switched on and off without a new offer: a line that may send is offered as such from the beginning.
import { markSlides, type OwnPictures, outgoingOf } from "./outgoing.ts";

export interface VideoRights {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** What the bridge decodes, and the retransmission of it. */
const codecs = ["video/vp8", "video/h264", "video/rtx"];

export class VideoLines {
  #rights: VideoRights;
  #offered: VideoRights = { camera: false, screen: false };
  #own: OwnPictures<MediaStreamTrack> = { camera: undefined, screen: undefined };
  #main: Line | undefined;
  #slides: Line | undefined;
  #canvas: MediaStream | undefined;

  constructor(rights: VideoRights) {
    this.#rights = rights;
  }

  /** The room's picture; undefined: the bridge sends none. */
  get canvas(): MediaStream | undefined {
    return this.#main?.brings ? this.#canvas : undefined;
  }

  /** Before each description: the lines as they are to stand in it. Sound must have its line already, which is the first. */
  offer(connection: RTCPeerConnection): void {
    const { camera, screen } = this.#rights;
    if (this.#main === undefined) {
      this.#main = new Line(connection);
      this.#canvas = new MediaStream([this.#main.received]);
    }
    this.#main.direct(camera ? "sendrecv" : "recvonly");
    if (screen) this.#slides ??= new Line(connection);
    this.#slides?.direct(screen ? "sendonly" : "inactive");
    this.#offered = this.#rights;
    this.send();
  }

  /** The description as it is sent. */
  mark(sdp: string): string {
    const mid = this.#slides?.mid;
    return mid ? markSlides(sdp, mid) : sdp;
  }

  /** From now on these pictures of one's own are sent. */
  show(own: OwnPictures<MediaStreamTrack>): void {
    this.#own = own;
    this.send();
  }

  /** Also after each answer, which says what the bridge takes. */
  send(): void {
    const { main, slides } = outgoingOf(this.#own, this.#slides?.sends ?? false);
    this.#main?.send(main);
    this.#slides?.send(slides);
  }

  /** Answers whether a new offer is needed so that what is allowed now can be sent. */
  follow(rights: VideoRights): boolean {
    this.#rights = rights;
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

  constructor(connection: RTCPeerConnection) {
    this.#transceiver = connection.addTransceiver("video", { direction: "inactive" });
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

  get received(): MediaStreamTrack {
    return this.#transceiver.receiver.track;
  }

  get mid(): string | null {
    return this.#transceiver.mid;
  }

  /** As the answer has it. */
  get sends(): boolean {
    const { currentDirection } = this.#transceiver;
    return currentDirection === "sendrecv" || currentDirection === "sendonly";
  }

  get brings(): boolean {
    const { currentDirection } = this.#transceiver;
    return currentDirection === "sendrecv" || currentDirection === "recvonly";
  }

  direct(direction: RTCRtpTransceiverDirection): void {
    // A line that the bridge has refused stays so.
    if (this.#transceiver.direction !== "stopped") this.#transceiver.direction = direction;
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
