// From the figures of a leg's camera line, as they come every few seconds, to those that stay with the call: the last codec and
// size that there were, the mean bitrate while pictures passed, and the last counters.
import { roundTo } from "#common";
import type { LegStats, VideoStats } from "#media/protocol";
import type { CallPictures, DirectionSnapshot, PictureSnapshot } from "./types.ts";

export const noPictures: CallPictures = {
  videoReceivedCodec: null,
  videoReceivedSize: null,
  videoReceivedKbps: null,
  videoReceivedLossPercent: null,
  videoSentCodec: null,
  videoSentSize: null,
  videoSentKbps: null,
  videoSentLossPercent: null,
  videoKeyFrameRequestsSent: null,
  videoKeyFrameRequestsReceived: null,
};

export class PictureSummary {
  readonly #received: Direction;
  readonly #sent: Direction;
  #last: VideoStats | undefined;

  /** `before`: of the same call, by the previous process. */
  constructor(before?: PictureSnapshot) {
    this.#received = new Direction(before?.received);
    this.#sent = new Direction(before?.sent);
    this.#last = before?.last ?? undefined;
  }

  snapshot(): PictureSnapshot {
    const [received, sent] = [this.#received.snapshot(), this.#sent.snapshot()];
    return { last: this.#last ?? null, received, sent };
  }

  take({ video }: LegStats): void {
    if (!video) return;
    this.#last = video;
    const { codecIn, codecOut, receivedWidth, receivedHeight, width, height, kbpsIn, kbpsOut } = video;
    this.#received.take({ codec: codecIn, width: receivedWidth, height: receivedHeight, kbps: kbpsIn });
    this.#sent.take({ codec: codecOut, width, height, kbps: kbpsOut });
  }

  get figures(): CallPictures {
    const last = this.#last;
    if (!last) return noPictures;
    const [received, sent] = [this.#received, this.#sent];
    const lost = Math.max(0, last.packetsLost);
    const all = lost + last.packetsReceived;
    return {
      videoReceivedCodec: received.codec,
      videoReceivedSize: received.size,
      videoReceivedKbps: received.kbps,
      videoReceivedLossPercent: all > 0 ? roundTo((100 * lost) / all, 2) : null,
      videoSentCodec: sent.codec,
      videoSentSize: sent.size,
      videoSentKbps: sent.kbps,
      videoSentLossPercent: roundTo(last.remoteLossPercent, 2),
      videoKeyFrameRequestsSent: last.keyFrameRequestsSent,
      videoKeyFrameRequestsReceived: last.keyFrameRequestsReceived,
    };
  }
}

const nothingPassed: DirectionSnapshot = { codec: null, size: null, sum: 0, count: 0 };

class Direction {
  codec: string | null;
  /** `1280x720`. */
  size: string | null;
  #sum: number;
  #count: number;

  constructor({ codec, size, sum, count }: DirectionSnapshot = nothingPassed) {
    this.codec = codec;
    this.size = size;
    this.#sum = sum;
    this.#count = count;
  }

  snapshot(): DirectionSnapshot {
    return { codec: this.codec, size: this.size, sum: this.#sum, count: this.#count };
  }

  take({
    codec,
    width,
    height,
    kbps,
  }: {
    codec: string | null;
    width: number;
    height: number;
    kbps: number;
  }) {
    this.codec = codec ?? this.codec;
    if (width > 0) this.size = `${width}x${height}`;
    if (kbps === 0) return;
    this.#sum += kbps;
    this.#count += 1;
  }

  /** The mean of the moments in which something passed. */
  get kbps(): number | null {
    return this.#count === 0 ? null : Math.round(this.#sum / this.#count);
  }
}
