// Public interface of chats over HTTP: the parts that all families of the API share, and the transfer of files.

export { type ChatFileOptions, chatFileRoutes } from "./files.ts";
export * from "./operations.ts";
export * from "./schemas.ts";
