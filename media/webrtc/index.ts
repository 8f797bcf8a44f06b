// DTLS and ICE for media: what browsers speak, and phones with DTLS-SRTP.
export type { DtlsRole, Fingerprints } from "./dtls-connection.ts";
export { type DtlsLibrary, loadDtlsLibrary } from "./dtls-library.ts";
export { type IceCredentials, newIceCredentials } from "./ice-lite.ts";
export { createDtlsIdentity, type DtlsIdentity } from "./identity.ts";
export { loadDtlsIdentity } from "./load-identity.ts";
export {
  icePeer,
  isSameAssociation,
  type PeerProgress,
  type PeerRefusals,
  type PeerTerms,
  PeerTransport,
} from "./peer-transport.ts";
