// The properties that every screen and every part of one gets.
import type { MeetingSession } from "./session/meeting-session.ts";
import type { Texts } from "./texts/index.ts";

export interface ScreenProps {
  readonly meeting: MeetingSession;
  readonly texts: Texts;
}
