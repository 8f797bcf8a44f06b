// The call's line of sound, the first of its session description. Without a microphone it only receives; a microphone that comes
// later is sent after a new offer.

export class AudioLine {
  readonly #microphone: () => MediaStreamTrack | undefined;
  #transceiver: RTCRtpTransceiver | undefined;

  /** `microphone`: what is to be sent now; undefined: there is none. */
  constructor(microphone: () => MediaStreamTrack | undefined) {
    this.#microphone = microphone;
  }

  /** Before each description: the line as it is to stand in it. */
  describe(connection: RTCPeerConnection): void {
    this.#transceiver ??= connection
      .getTransceivers()
      .find(({ receiver }) => receiver.track.kind === "audio");
    const direction = this.#microphone() === undefined ? "recvonly" : "sendrecv";
    this.#transceiver ??= connection.addTransceiver("audio", { direction });
    this.#transceiver.direction = direction;
    void this.send();
  }

  /** The microphone as it is now, without a new offer. Nothing leaves this machine by a line that only receives. */
  async send(): Promise<void> {
    const sender = this.#transceiver?.sender;
    const track = this.#microphone();
    if (sender === undefined || track === undefined || sender.track === track) return;
    await sender.replaceTrack(track).catch(() => {});
  }

  /** As the last answer has it. */
  get sends(): boolean {
    const direction = this.#transceiver?.currentDirection;
    return direction === "sendrecv" || direction === "sendonly";
  }
}
