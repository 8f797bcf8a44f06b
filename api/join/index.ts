export { builtPage, pageRoutes } from "./page.ts";
export { joinRoutes } from "./routes.ts";
