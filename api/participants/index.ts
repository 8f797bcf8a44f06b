// The participants API: other applications bring people into rooms.
export { Credentials, type CredentialsOptions } from "./credentials.ts";
export { type ParticipantsDesk, participantRoutes } from "./routes.ts";
