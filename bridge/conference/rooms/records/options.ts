// The options of a room beside the fields of the conference API: admission, announcements, picture style, and the members known
// in advance. Pure: the defaults and the rules.
import { fail, isName, ok, type Result } from "#common";

export const roles = ["host", "participant"] as const;
export type Role = (typeof roles)[number];

/** `names`: every caller is asked to say their name on the way in. */
export const announcements = ["tones", "names", "none"] as const;
export type Announcement = (typeof announcements)[number];

/** For a camera's picture with another aspect ratio than its cell: bars beside it, or its edges are cut off. */
export const pictureFits = ["letterbox", "crop"] as const;
export type PictureFit = (typeof pictureFits)[number];

/** The time of day in the picture. */
export const pictureClocks = ["off", "minutes", "seconds"] as const;
export type PictureClock = (typeof pictureClocks)[number];

/** A participant known in advance, who enters with a PIN of their own. */
export interface RoomMember {
  readonly name: string;
  /** 3 to 6 digits; unique in this room. */
  readonly pin: string;
  readonly role: Role;
}

export interface RoomOptions {
  /** Participants who come before a host wait with music. */
  readonly waitForHost: boolean;
  /** A host may open the room before its start. */
  readonly allowEarlyJoin: boolean;
  /** How arrivals and departures are announced. */
  readonly announce: Announcement;
  readonly members: readonly RoomMember[];
  /** How the picture is drawn, and whether it shows subject and time. Null: as configured. */
  readonly pictureFit: PictureFit | null;
  readonly pictureSubject: boolean | null;
  readonly pictureClock: PictureClock | null;
}

export const defaultRoomOptions: RoomOptions = {
  waitForHost: false,
  allowEarlyJoin: false,
  announce: "tones",
  members: [],
  pictureFit: null,
  pictureSubject: null,
  pictureClock: null,
};

export const maxMembers = 200;
const pinPattern = /^[0-9]{3,6}$/;

/** Checks the options that are given; a failure says what is expected. PINs never appear in it. */
export function checkOptions(value: unknown): Result<Partial<RoomOptions>, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("an object");
  const kept: { -readonly [Name in keyof RoomOptions]?: RoomOptions[Name] } = {};
  for (const [name, option] of Object.entries(value)) {
    if (option === undefined) continue;
    if (name === "waitForHost" || name === "allowEarlyJoin") {
      if (typeof option !== "boolean") return fail(`an object with ${name} true or false`);
      kept[name] = option;
    } else if (name === "announce") {
      const word = announcements.find((known) => known === option);
      if (!word) return fail(`an object with announce one of ${announcements.join(", ")}`);
      kept.announce = word;
    } else if (name === "pictureSubject") {
      if (typeof option !== "boolean" && option !== null)
        return fail("an object with pictureSubject true, false or null");
      kept.pictureSubject = option;
    } else if (name === "pictureFit") {
      const word = pictureFits.find((known) => known === option);
      if (!word && option !== null)
        return fail(`an object with pictureFit null or one of ${pictureFits.join(", ")}`);
      kept.pictureFit = word ?? null;
    } else if (name === "pictureClock") {
      const word = pictureClocks.find((known) => known === option);
      if (!word && option !== null)
        return fail(`an object with pictureClock null or one of ${pictureClocks.join(", ")}`);
      kept.pictureClock = word ?? null;
    } else if (name === "members") {
      const members = checkMembers(option);
      if (!members.ok) return members;
      kept.members = members.value;
    } else {
      return fail(`an object without ${name.slice(0, 64)}`);
    }
  }
  return ok(kept);
}

function checkMembers(value: unknown): Result<readonly RoomMember[], string> {
  if (!Array.isArray(value) || value.length > maxMembers) {
    return fail(`an object with a list of at most ${maxMembers} members`);
  }
  const members: RoomMember[] = [];
  for (const [index, item] of value.entries()) {
    const { name, pin, role } = (item ?? {}) as Record<string, unknown>;
    const known = roles.find((word) => word === role);
    if (typeof name !== "string" || !isName(name)) {
      return fail(
        `an object whose members[${index}] has a name of 1 to 64 characters, not all of them blank`,
      );
    }
    if (typeof pin !== "string" || !pinPattern.test(pin)) {
      return fail(`an object whose members[${index}] has a pin of 3 to 6 digits`);
    }
    if (!known) return fail(`an object whose members[${index}] has the role ${roles.join(" or ")}`);
    if (members.some((member) => member.pin === pin)) {
      return fail(`an object whose members[${index}] has a pin of its own`);
    }
    members.push({ name, pin, role: known });
  }
  return ok(members);
}
