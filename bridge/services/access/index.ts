// Public interface of access: the credentials of the API and their rights.
export {
  type Access,
  type AccessOptions,
  type AdminKeyChanges,
  createAccess,
  localAdministrator,
  type Recognition,
} from "./access.ts";
export type { Audit, AuditLimits } from "./audit.ts";
export {
  type CertificateKeeper,
  type CertificateOptions,
  type CertificatePair,
  checkCertificateFiles,
  openCertificate,
  ownCertificateFiles,
  readPair,
} from "./certificate/index.ts";
export type { KeyChanges, KeyFields, Keys } from "./keys.ts";
export type { LoginProblem, Logins, LoginsEvents, Tokens } from "./logins.ts";
export {
  createGetJson,
  type GetJson,
  isOidcUser,
  OidcTokens,
  type OidcTokensOptions,
  type OidcUsers,
} from "./oidc/index.ts";
export { passwordLength } from "./passwords.ts";
export { type Rotating, type RotatingStore, rotate } from "./rotation.ts";
export { covers, type Need, type Role, roles, type Scope, scopes, scopesOfRole, seesPins } from "./scopes.ts";
export { hashOf, newSecretId } from "./secrets.ts";
export * from "./types.ts";
export { foldUsername, type UserChanges, type UserFields, type Users } from "./users.ts";
