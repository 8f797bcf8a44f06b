// Programs of the media side that others start, each in a process of its own. Nothing here loads them.
import { fileURLToPath } from "node:url";

/** `node PROGRAM INPUT.mp4 OUTPUT.jpg`: one picture of a recording. */
export const posterProgram = fileURLToPath(new URL("../video/process/poster.ts", import.meta.url));
