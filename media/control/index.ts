export { type CommandHandlers, Dispatcher } from "./dispatcher.ts";
export { type ControllerListener, type ControlServer, listenForController } from "./server.ts";
