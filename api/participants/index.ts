// The participants API: other applications bring people into rooms.
export { Credentials, type CredentialsOptions } from "./credentials.ts";
export { type ParticipantRoutesOptions, participantRoutes } from "./routes.ts";
