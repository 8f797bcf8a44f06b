// Public interface of join tokens, which open one room to one person for a time.
export { type IceServer, type IceServerSettings, iceServersFor } from "./ice-servers.ts";
export {
  type JoinTokenProblem,
  type JoinTokenState,
  JoinTokens,
  type JoinTokensEvents,
  type JoinTokensOptions,
  type Revocation,
  type RevocationsRepository,
  type TokenFields,
  tokenSeconds,
} from "./join-tokens.ts";
export { type TokenClaims, TokenSigner, type TokenUse } from "./token.ts";
