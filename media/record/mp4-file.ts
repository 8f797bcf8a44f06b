// An MP4 file that can be played wherever it is cut off: fragments of a second (ISO/IEC 14496-12 §8.8), by FFmpeg. FFmpeg
// writes it; the file is there before, made by its owner. Must be freed.
import {
  AV_CODEC_ID_H264,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PKT_FLAG_KEY,
  AVFMT_FLAG_FLUSH_PACKETS,
  AVIO_FLAG_WRITE,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import {
  type CodecContext,
  FFmpegError,
  FormatContext,
  IOContext,
  Packet,
  Rational,
  type Stream,
} from "node-av/lib";

/** What the pictures of a file are like. */
export interface PictureFormat {
  readonly width: number;
  readonly height: number;
  /** Sequence and picture parameter sets of H.264 (ITU-T H.264 Annex B). */
  readonly parameterSets: Uint8Array;
}

export interface Mp4FileOptions {
  readonly path: string;
  /** The open encoder of the audio. */
  readonly audio: CodecContext;
  /** Undefined: there is nothing to see. */
  readonly pictures: PictureFormat | undefined;
}

/** Microseconds. */
const fragmentLength = "1000000";
const pictureClock = 90_000;
/** As system errors are spelled, by FFmpeg's numbers. */
const errorCodes: Readonly<Record<number, string>> = { [-28]: "ENOSPC", [-122]: "EDQUOT", [-27]: "EFBIG" };

export class Mp4File {
  readonly #format = new FormatContext();
  readonly #io = new IOContext();
  readonly #packet = new Packet();
  readonly #audio: Stream;
  readonly #audioClock: number;
  readonly #pictures: Stream | undefined;
  #lastPicture = -1;
  #freed = false;

  /** Throws an error with the system's code when it cannot be written. */
  constructor({ path, audio, pictures }: Mp4FileOptions) {
    const format = this.#format;
    this.#packet.alloc();
    check(format.allocOutputContext2(null, "mp4", path), "MP4");
    check(this.#io.open2Sync(path, AVIO_FLAG_WRITE), "opening the file");
    format.pb = this.#io;
    format.setFlags(AVFMT_FLAG_FLUSH_PACKETS);
    this.#audioClock = audio.sampleRate;
    if (pictures) {
      this.#pictures = format.newStream(null);
      const { codecpar } = this.#pictures;
      codecpar.codecType = AVMEDIA_TYPE_VIDEO;
      codecpar.codecId = AV_CODEC_ID_H264;
      codecpar.width = pictures.width;
      codecpar.height = pictures.height;
      codecpar.extradata = Buffer.from(pictures.parameterSets);
      this.#pictures.timeBase = new Rational(1, pictureClock);
    }
    this.#audio = format.newStream(null);
    check(audio.parametersFromContext(this.#audio.codecpar), "audio");
    this.#audio.timeBase = new Rational(1, this.#audioClock);
    this.#set("movflags", "+frag_keyframe+empty_moov+default_base_moof");
    this.#set("frag_duration", fragmentLength);
    check(format.writeHeaderSync(), "the header");
  }

  /** One coded frame of audio; `position` in samples. The packet is taken over. */
  writeAudio(packet: Packet, position: number): void {
    packet.pts = BigInt(position);
    packet.dts = packet.pts;
    this.#write(packet, this.#audio, this.#audioClock);
  }

  /** One coded picture, at so many milliseconds from the beginning; in order. */
  writePicture(data: Uint8Array, key: boolean, atMs: number): void {
    if (!this.#pictures) return;
    const packet = this.#packet;
    this.#lastPicture = Math.max(this.#lastPicture + 1, Math.round((atMs * pictureClock) / 1000));
    packet.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    packet.pts = BigInt(this.#lastPicture);
    packet.dts = packet.pts;
    if (key) packet.setFlags(AV_PKT_FLAG_KEY);
    else packet.clearFlags(AV_PKT_FLAG_KEY);
    this.#write(packet, this.#pictures, pictureClock);
  }

  /** The end of a good file. */
  finish(): void {
    check(this.#format.writeTrailerSync(), "the end");
  }

  /** Idempotent. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#packet.free();
    this.#io.closepSync();
    this.#format.pb = null;
    this.#format.freeContext();
  }

  #write(packet: Packet, stream: Stream, clock: number): void {
    packet.streamIndex = stream.index;
    const { num, den } = stream.timeBase;
    packet.rescaleTs({ num: 1, den: clock }, { num, den });
    check(this.#format.interleavedWriteFrameSync(packet), "writing");
    packet.unref();
  }

  #set(name: string, value: string): void {
    check(this.#format.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name);
  }
}

function check(code: number, what: string): void {
  if (code >= 0) return;
  const error = new Error(`MP4: ${what}: ${new FFmpegError(code).message}`);
  throw Object.assign(error, { code: errorCodes[code] ?? "EIO" });
}
