// Public interface of tokens from outside: people whom an OpenID Connect issuer has logged in.
export { createGetJson, type GetJson, type GetJsonOptions } from "./get-json.ts";
export { OidcTokens, type OidcTokensOptions } from "./oidc-tokens.ts";
export { isOidcUser, type OidcRecognition, OidcUsers } from "./oidc-users.ts";
