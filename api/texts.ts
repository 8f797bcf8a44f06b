// The forms that texts of a request may have, each as the pattern that schemas show and as the words that a refusal
// says instead of it.

interface Form {
  readonly pattern: string;
  /** Follows the name of the field. */
  readonly expected: string;
}

/** Control characters and what separates lines and paragraphs. */
const breaks = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
const blanks = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff";
/** What shows nothing either: joiners, marks of direction, fillers, selectors. */
const invisible =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0";

const forms = {
  oneLine: {
    pattern: `^[^${breaks}]*$`,
    expected: "must be on one line and hold no control characters",
  },
  name: {
    pattern: `^[${blanks}${invisible}]*[^${breaks}${blanks}${invisible}][^${breaks}]*$`,
    expected: "must not be blank, must be on one line and hold no control characters",
  },
  pin: { pattern: "^[0-9]{3,6}$", expected: "must be 3 to 6 digits" },
  extension: { pattern: "^[0-9]{3,64}$", expected: "must be 3 to 64 digits" },
  number: {
    pattern: "^\\+?[0-9*#]+$",
    expected: "must be a telephone number: digits, * and #, with or without + in front",
  },
  username: {
    pattern: "^[A-Za-z0-9._@-]+$",
    expected: "must be made of letters without accents, digits and . _ @ -",
  },
} as const satisfies Record<string, Form>;

/** What ends up in SIP headers, logs and on displays must not contain line breaks. */
export const oneLine = forms.oneLine.pattern;
/** The same of what must say something. */
export const nameText = forms.name.pattern;
export const pinText = forms.pin.pattern;
export const extensionText = forms.extension.pattern;
/** What is dialled, and what is shown to those who are. */
export const numberText = forms.number.pattern;
export const usernameText = forms.username.pattern;

const sentences = new Map<string, string>(
  Object.values(forms).map(({ pattern, expected }) => [pattern, expected]),
);

/** Undefined for a pattern that is none of the forms; a test keeps every pattern of the API among them. */
export const sentenceOf = (pattern: string): string | undefined => sentences.get(pattern);
