// Chats over HTTP: what is shared by the doors to them, and the bytes of files.

export { type ChatFileOptions, chatFileRoutes } from "./files.ts";
export * from "./operations.ts";
export * from "./schemas.ts";
