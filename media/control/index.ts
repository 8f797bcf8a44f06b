export { type CommandHandlers, Dispatcher } from "./dispatcher.ts";
export { type ControllerDoor, type ControlServer, listenForController } from "./server.ts";
