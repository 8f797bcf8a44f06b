// The keys that participants press during a call: one code an action, and the rules between them.
import { type Static, Type } from "typebox";
import { StartError } from "#common";

const code = (value: string, description: string) =>
  Type.String({ default: value, maxLength: 4, description });

export const keysSchema = Type.Object(
  {
    help: code("*1", "Announces the keys."),
    count: code("*2", "Announces the number of participants."),
    hand: code("*3", "Raises or lowers my hand."),
    quieter: code("*4", "I hear the room more softly."),
    louder: code("*7", "I hear the room louder."),
    mute: code("*6", "Mutes or unmutes me."),
    host: code("*8", "Makes me a host, after the admin PIN."),
    mute_others: code("*5", "Hosts: mutes or unmutes all others."),
    lock: code("*0", "Hosts: locks or unlocks the room."),
    record: code("*9", "Hosts: starts or stops the recording."),
    dial: code(
      "*#",
      "Hosts: calls a number into the room, where a trunk has dial_by_hosts; pressed again, or #, cancels the call.",
    ),
    end: code("##", "Hosts: ends the meeting for all when pressed twice within three seconds."),
  },
  {
    additionalProperties: false,
    description:
      "Keys during a call: a star and one to three digits, *# or ##. Empty switches one off. No code may be the beginning of another.",
  },
);

/** Throws StartError. */
export function checkKeys(keys: Static<typeof keysSchema>): void {
  const given = Object.entries(keys).filter(([, code]) => code !== "");
  for (const [action, code] of given) {
    if (!/^(\*[0-9]{1,3}|[*#]#)$/.test(code)) {
      throw new StartError(
        `keys.${action} must be a star and one to three digits, *# or ## (it is "${code}")`,
      );
    }
    const rival = given.find(([other, its]) => other !== action && its.startsWith(code));
    if (rival) throw new StartError(`keys.${action} is ${code}, and keys.${rival[0]} begins with it`);
  }
}
