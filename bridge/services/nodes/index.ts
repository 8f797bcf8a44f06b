// Public interface of servers: the machines that host rooms.
export { serverAddresses } from "./addresses.ts";
export { type LocalServer, localServerId, openLocalServer } from "./local-server.ts";
export { createMachineLoad, type MachineLoad, type MachineReading } from "./machine-load.ts";
export { Overload, type OverloadCause, type OverloadEvents } from "./overload.ts";
export { createServers, type ServersOptions } from "./servers.ts";
export * from "./types.ts";
