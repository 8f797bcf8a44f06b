export { joinLinkMakers, joinLinks } from "./chat.ts";
export { Holders, type JoinHolder } from "./holders.ts";
export { linkOf } from "./links.ts";
export { builtPage, pageRoutes } from "./page.ts";
export { joinRoutes } from "./routes.ts";
export { tokenRoute } from "./token.ts";
