export { builtPage, pageRoutes } from "./page.ts";
