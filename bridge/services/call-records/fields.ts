// The fields by which lists of calls and of call records can be filtered, ordered and searched.
import type { ScalarType } from "#common";

const startFields = {
  id: "text",
  direction: "text",
  from: "text",
  to: "text",
  displayName: "text",
  trunk: "text",
  sipCallId: "text",
  transport: "text",
  signallingAddress: "text",
  roomId: "text",
  roomExtension: "text",
  roomSubject: "text",
  meetingId: "text",
  participantId: "text",
  startedAt: "instant",
  answeredAt: "instant",
  joinedAt: "instant",
  rooms: "text",
  connectedNumber: "text",
  connectedName: "text",
  codec: "text",
  mediaEncryption: "text",
  mediaAddress: "text",
  roundTripMs: "number",
  receivedPackets: "number",
  receivedLost: "number",
  receivedLossPercent: "number",
  receivedJitterMs: "number",
  receivedMosMean: "number",
  receivedMosMin: "number",
  sentPackets: "number",
  sentLossPercent: "number",
  sentJitterMs: "number",
  sentMosMean: "number",
  sentMosMin: "number",
  videoReceivedCodec: "text",
  videoReceivedSize: "text",
  videoReceivedKbps: "number",
  videoReceivedLossPercent: "number",
  videoSentCodec: "text",
  videoSentSize: "text",
  videoSentKbps: "number",
  videoSentLossPercent: "number",
  videoKeyFrameRequestsSent: "number",
  videoKeyFrameRequestsReceived: "number",
  findings: "text",
  verdict: "text",
} as const satisfies Record<string, ScalarType>;

export const liveCallFields = { ...startFields, state: "text" } as const satisfies Record<string, ScalarType>;

export const callRecordFields = {
  ...startFields,
  endedAt: "instant",
  duration: "number",
  result: "text",
  endedBy: "text",
  status: "number",
  reason: "text",
  sipReason: "text",
} as const satisfies Record<string, ScalarType>;

export type LiveCallField = keyof typeof liveCallFields;
export type CallRecordField = keyof typeof callRecordFields;

export const callSearchFields = [
  "from",
  "to",
  "displayName",
  "connectedNumber",
  "connectedName",
  "trunk",
  "roomExtension",
  "roomSubject",
] as const satisfies readonly LiveCallField[];
