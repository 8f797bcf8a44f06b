export { joinLinkMakers, joinLinks } from "./chat.ts";
export { linkOf } from "./links.ts";
export { builtPage, pageRoutes } from "./page.ts";
export { joinRoutes } from "./routes.ts";
export { tokenRoute } from "./token.ts";
export { type JoinHolder, TokenHolders } from "./token-holders.ts";
