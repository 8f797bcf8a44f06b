// The session descriptions of a call with video: what sip.js makes of sound, and the lines of video beside it.
import { Web } from "sip.js";
import type { VideoLines } from "./video-lines.ts";

/** Like sip.js's own factory; a handler is made with the configuration that the user agent has for it. */
export function videoHandlerFactory(
  microphone: () => Promise<MediaStream>,
  lines: VideoLines,
): Web.SessionDescriptionHandlerFactory {
  return (session, options) =>
    new VideoHandler(
      lines,
      session.userAgent.getLogger("sip.SessionDescriptionHandler"),
      microphone,
      options as Web.SessionDescriptionHandlerConfiguration,
    );
}

class VideoHandler extends Web.SessionDescriptionHandler {
  readonly #lines: VideoLines;

  constructor(lines: VideoLines, ...settings: ConstructorParameters<typeof Web.SessionDescriptionHandler>) {
    super(...settings);
    this.#lines = lines;
  }

  /** Browsers know no `a=content`: it is written into what they have made. */
  override async getDescription(
    ...settings: Parameters<Web.SessionDescriptionHandler["getDescription"]>
  ): ReturnType<Web.SessionDescriptionHandler["getDescription"]> {
    const description = await super.getDescription(...settings);
    // An answer of our own.
    if (this._peerConnection?.signalingState === "stable") this.#lines.agreed();
    return { ...description, body: this.#lines.mark(description.body) };
  }

  override async setDescription(
    ...settings: Parameters<Web.SessionDescriptionHandler["setDescription"]>
  ): Promise<void> {
    await super.setDescription(...settings);
    // An answer of theirs.
    if (this._peerConnection?.signalingState === "stable") this.#lines.agreed();
  }

  /** The directions of all lines have just been set to those of sound. */
  protected override createLocalOfferOrAnswer(
    options?: Web.SessionDescriptionHandlerOptions,
  ): Promise<RTCSessionDescriptionInit> {
    this.#lines.describe(this._peerConnection!);
    return super.createLocalOfferOrAnswer(options);
  }

  /** Sound alone is gathered: the room's picture is that of its line. */
  protected override setRemoteTrack(track: MediaStreamTrack): void {
    if (track.kind === "audio") super.setRemoteTrack(track);
  }
}
