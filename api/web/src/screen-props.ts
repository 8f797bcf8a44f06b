// What every screen and every part of one is given.
import type { Visit } from "./session/visit.ts";
import type { Texts } from "./texts/index.ts";

export interface ScreenProps {
  readonly visit: Visit;
  readonly texts: Texts;
}
