export { joinLinkMakers, joinLinks } from "./chat.ts";
export { builtPage, pageRoutes } from "./page.ts";
export { joinRoutes } from "./routes.ts";
