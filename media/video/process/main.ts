// The video process: decodes, composes and encodes for one worker, which started it and speaks to it on file descriptor
// 3. It has the worker's life: when the connection closes, it ends. Strangers' bitstreams are decoded here, so that
// whatever they do to a decoder, audio and signalling go on.
import { Socket } from "node:net";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Clock } from "#common";
import { machineTime, systemClock } from "#common";
import { DecodingMark } from "./decoding-mark.ts";
import type { ToProcess } from "./messages.ts";
import { encodeHead, WireReader } from "./wire.ts";

/** A file that the worker reads when this process has ended. */
const markFd = 4;
/** Pictures give way to audio. */
const niceness = 5;

// Before FFmpeg is loaded: libass' fontconfig reads it from the environment.
process.env["FONTCONFIG_FILE"] = fileURLToPath(new URL("./fonts.conf", import.meta.url));
const { AV_LOG_FATAL } = await import("node-av/constants");
const { Log } = await import("node-av/lib");
const { Compositor } = await import("./compositor.ts");

// A strange bitstream is worth a counter, not a line.
Log.setLevel(AV_LOG_FATAL);
setPriority(niceness);
// The worker decides; a terminal tells all of its processes.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});

const socket = new Socket({ fd: 3, readable: true, writable: true });
const reader = new WireReader();
const clock: Clock = { ...systemClock, monotonic: machineTime };
const compositor = new Compositor({
  clock,
  mark: new DecodingMark(markFd),
  send(message, bytes) {
    if (!socket.writable) return;
    socket.cork();
    socket.write(encodeHead(message, bytes?.length));
    if (bytes) socket.write(bytes);
    socket.uncork();
  },
});

socket.on("data", (chunk) => {
  for (const { head, bytes } of reader.push(chunk)) compositor.receive(head as ToProcess, bytes);
});
socket.on("error", () => process.exit(0));
socket.on("close", () => process.exit(0));
socket.write(encodeHead({ kind: "ready" }));
