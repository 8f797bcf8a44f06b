// The session descriptions of a call: sip.js makes them, of the line of sound and the lines of video as they are to be.
import { Web } from "sip.js";
import type { AudioLine } from "./audio-line.ts";
import type { VideoLines } from "./video-lines.ts";

/** Like sip.js's own factory; a handler is made with the configuration that the user agent has for it. */
export function lineHandlerFactory(lines: Lines): Web.SessionDescriptionHandlerFactory {
  return (session, options) =>
    new LineHandler(
      lines,
      session.userAgent.getLogger("sip.SessionDescriptionHandler"),
      // The lines have their tracks by themselves.
      async () => new MediaStream(),
      options as Web.SessionDescriptionHandlerConfiguration,
    );
}

export interface Lines {
  readonly audio: AudioLine;
  readonly video: VideoLines;
}

class LineHandler extends Web.SessionDescriptionHandler {
  readonly #lines: Lines;

  constructor(lines: Lines, ...settings: ConstructorParameters<typeof Web.SessionDescriptionHandler>) {
    super(...settings);
    this.#lines = lines;
  }

  /** Browsers know no `a=content`: it is written into what they have made. */
  override async getDescription(
    ...settings: Parameters<Web.SessionDescriptionHandler["getDescription"]>
  ): ReturnType<Web.SessionDescriptionHandler["getDescription"]> {
    const description = await super.getDescription(...settings);
    // An answer of our own.
    if (this._peerConnection?.signalingState === "stable") this.#lines.video.agreed();
    return { ...description, body: this.#lines.video.mark(description.body) };
  }

  override async setDescription(
    ...settings: Parameters<Web.SessionDescriptionHandler["setDescription"]>
  ): Promise<void> {
    await super.setDescription(...settings);
    // An answer of theirs.
    if (this._peerConnection?.signalingState === "stable") this.#lines.video.agreed();
  }

  /** The directions of all lines have just been set to those of sound. */
  protected override createLocalOfferOrAnswer(
    options?: Web.SessionDescriptionHandlerOptions,
  ): Promise<RTCSessionDescriptionInit> {
    this.#lines.audio.describe(this._peerConnection!);
    this.#lines.video.describe(this._peerConnection!);
    return super.createLocalOfferOrAnswer(options);
  }

  /** Sound alone is gathered: the room's picture is that of its line. */
  protected override setRemoteTrack(track: MediaStreamTrack): void {
    if (track.kind === "audio") super.setRemoteTrack(track);
  }
}
