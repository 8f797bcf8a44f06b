// The kinds of media socket, and the choice between them.
export { type ChooseOptions, chooseMediaSockets, createPolledSockets } from "./choose.ts";
export { DgramSockets, openUdpSocket } from "./dgram.ts";
