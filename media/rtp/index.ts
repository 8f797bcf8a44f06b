// Public interface of RTP and RTCP: packets, ports, sockets, the latch, statistics.

export { DtmfSender, eventBytes } from "./dtmf-sender.ts";
export { emptyFeedbackFindings, type FeedbackFindings, readFeedback } from "./feedback-read.ts";
export {
  maxVideoFeedbackBytes,
  writeFir,
  writeNack,
  writePli,
  writeRemb,
} from "./feedback-write.ts";
export { namesMid, namesOtherMid, readAudioLevel, readTransportSequence } from "./header-extensions.ts";
export { LastSenderReport } from "./last-sender-report.ts";
export { isNoAddress, Latch, type LatchVerdict, type Signalled } from "./latch.ts";
export { LossRuns } from "./loss-runs.ts";
export { MediaTimestamps } from "./media-timestamps.ts";
export {
  emptyRtpHeader,
  hasWrongPadding,
  looksLikeRtcp,
  type RtpHeader,
  readRtpHeader,
  readUint16,
  readUint32,
  rtpHeaderBytes,
  writeRtpHeader,
  writeUint16,
  writeUint32,
} from "./packet.ts";
export { PacketNumbers } from "./packet-numbers.ts";
export { PortPool, type PortPoolOptions } from "./port-pool.ts";
export type { QuietRun } from "./quiet-run.ts";
export { type ArrivalRun, ReceiverStats } from "./receiver-stats.ts";
export { Redundancy } from "./redundancy.ts";
export { emptyRtcpFindings, type RtcpFindings, readRtcp, roundTripMs } from "./rtcp-read.ts";
export { compactNtp, emptyRtcpReport, maxRtcpBytes, type RtcpReport, writeRtcp } from "./rtcp-write.ts";
export {
  emptyVoipMetrics,
  readVoipMetrics,
  type VoipMetrics,
  voipMetricsBytes,
  writeVoipMetrics,
} from "./rtcp-xr.ts";
export { addToSequence, addToTimestamp, sequenceDistance, timestampDistance } from "./serial.ts";
export type {
  DirectReceiver,
  DirectSockets,
  FollowedSocket,
  MediaAddress,
  MediaSocket,
  MediaSockets,
  SocketFactory,
  SocketOptions,
} from "./socket.ts";
export {
  countUnsent,
  maxDatagramBytes,
  noSocketErrors,
  type SocketErrors,
  withErrorCounts,
  withGuard,
} from "./socket.ts";
export { chooseMediaSockets, createPolledSockets } from "./sockets/choose.ts";
export { DgramSockets, openUdpSocket } from "./sockets/dgram.ts";
export { loadLibc } from "./sockets/libc.ts";
export { Memory } from "./sockets/memory.ts";
export { minPacketMs, packetsOfReturn, StreamSource, type StreamVerdict } from "./stream-source.ts";
export { type DtmfDigit, isKey, TelephoneEvents } from "./telephone-event.ts";
export { maxFeedbackBytes, TransportFeedback } from "./transport-feedback.ts";
