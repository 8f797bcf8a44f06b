// SRTP and SRTCP: suites, keys, and sockets that protect what passes through them.
export type { SrtpCrypto } from "./crypto.ts";
export { loadSrtpCrypto } from "./load.ts";
export { isSameKey, type MasterKey, newMasterKey, type SrtpKeys } from "./master-key.ts";
export { NodeCrypto } from "./node-crypto.ts";
export { loadOpenSsl } from "./openssl.ts";
export { SrtpReceiver } from "./receiver.ts";
export { RtcpIndices } from "./rtcp-indices.ts";
export { secureSockets } from "./secure-socket.ts";
export { SrtpSender } from "./sender.ts";
export { type SrtpProgress, SrtpSession } from "./session.ts";
export { type SrtpSuite, type SrtpSuiteName, srtpSuite, srtpSuiteNames, srtpSuites } from "./suites.ts";
