// The forms that texts of a request may have, each as the pattern that schemas show and as the words that a refusal
// says instead of it.
import { callerIdPattern, lineBreaks, namePattern } from "#common";

interface Form {
  readonly pattern: string;
  /** Follows the name of the field. */
  readonly expected: string;
}

const forms = {
  oneLine: {
    pattern: `^[^${lineBreaks}]*$`,
    expected: "must be on one line and hold no control characters",
  },
  name: {
    pattern: namePattern,
    expected: "must not be blank, must be on one line and hold no control characters",
  },
  pin: { pattern: "^[0-9]{3,6}$", expected: "must be 3 to 6 digits" },
  sipPassword: {
    pattern: "^[!-~]+$",
    expected: "must be made of letters without accents, digits and signs, without blanks",
  },
  extension: { pattern: "^[0-9]{3,64}$", expected: "must be 3 to 64 digits" },
  callerId: {
    pattern: callerIdPattern,
    expected: 'must be what stands in front of the @ of a SIP address, without blanks and < > " @ : ; ?',
  },
  username: {
    pattern: "^[A-Za-z0-9._@-]+$",
    expected: "must be made of letters without accents, digits and . _ @ -",
  },
  plainUsername: {
    pattern: "^[a-z0-9_]+$",
    expected: "must be made of small letters without accents, digits and _",
  },
} as const satisfies Record<string, Form>;

/** Characters of a room's id, where one comes in a body or a query. */
export const maxRoomIdLength = 128;

/** What ends up in SIP headers, logs and on displays must not contain line breaks. */
export const oneLine = forms.oneLine.pattern;
/** The same of what must say something. */
export const nameText = forms.name.pattern;
export const pinText = forms.pin.pattern;
export const extensionText = forms.extension.pattern;
/** What is shown to those who are dialled. */
export const callerIdText = forms.callerId.pattern;
/** What every telephone can be given. */
export const sipPasswordText = forms.sipPassword.pattern;
export const usernameText = forms.username.pattern;
/** The user names that the meet family can write. */
export const plainUsernameText = forms.plainUsername.pattern;

const sentences = new Map<string, string>(
  Object.values(forms).map(({ pattern, expected }) => [pattern, expected]),
);

/** Undefined for a pattern that is none of the forms; a test keeps every pattern of the API among them. */
export const sentenceOf = (pattern: string): string | undefined => sentences.get(pattern);
