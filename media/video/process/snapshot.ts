// A picture as a JPEG file. It is written beside its place and then put there, so that no reader sees half of it.
import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import {
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_ID_MJPEG,
  AV_PIX_FMT_YUVJ420P,
  FF_QP2LAMBDA,
} from "node-av/constants";
import { Codec, CodecContext, type Frame, Packet, Rational } from "node-av/lib";
import { ParleyError } from "#common";
import { check } from "./picture.ts";
import { Scaler } from "./scaler.ts";

/** From 2, the best, to 31. */
const quality = 4;

export function jpegOf(picture: Frame): Buffer {
  const codec = Codec.findEncoder(AV_CODEC_ID_MJPEG);
  if (!codec) throw new ParleyError("INTERNAL", "FFmpeg has no JPEG encoder");
  const scaler = new Scaler(picture.width, picture.height, AV_PIX_FMT_YUVJ420P);
  const context = new CodecContext();
  const packet = new Packet();
  packet.alloc();
  context.allocContext3(codec);
  try {
    const { frame } = scaler.scale(picture);
    context.width = picture.width;
    context.height = picture.height;
    context.pixelFormat = AV_PIX_FMT_YUVJ420P;
    context.timeBase = new Rational(1, 25);
    context.threadCount = 1;
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = FF_QP2LAMBDA * quality;
    check(context.open2Sync(codec), "opening the JPEG encoder");
    frame.quality = FF_QP2LAMBDA * quality;
    frame.pts = 0n;
    check(context.sendFrameSync(frame), "encoding a JPEG");
    check(context.receivePacketSync(packet), "encoding a JPEG");
    return Buffer.from(packet.data ?? []);
  } finally {
    packet.free();
    context.freeContext();
    scaler.free();
  }
}

/** Readable by the owner alone. Rejects when it cannot be written; nothing is left behind. */
export async function writeWhole(path: string, data: Buffer): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    await writeFile(beside, data, { flag: "wx", mode: 0o600 });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
