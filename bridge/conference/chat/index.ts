// What other folders may import of chats.
export { Chat, type ChatOptions, maxTextLength } from "./chat.ts";
export type { OpenableFile, SharedFiles } from "./shared-files.ts";
export * from "./types.ts";
