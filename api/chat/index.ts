// Chats over HTTP: what is shared by the doors to them, and the bytes of files.
export * from "./desk.ts";
export { type ChatFileOptions, chatFileRoutes } from "./files.ts";
export * from "./schemas.ts";
