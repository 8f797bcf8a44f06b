// Checks names: one line with at least one visible character. The pattern needs no flags, so that JSON schemas can contain it.

/** Control characters and what separates lines and paragraphs, for the inside of a character class. */
export const lineBreaks = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
const blanks = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff";
/** Other invisible characters: joiners, marks of direction, fillers, selectors. */
const invisible =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0";

export const namePattern = `^[${blanks}${invisible}]*[^${lineBreaks}${blanks}${invisible}][^${lineBreaks}]*$`;

const name = new RegExp(namePattern);
const maxNameLength = 64;

/** The first `most` characters: code points, of which none is halved. */
export const cutText = (text: string, most: number): string =>
  text.length <= most ? text : [...text].slice(0, most).join("");

/** Of a longer name its beginning. */
export const cutName = (text: string): string => cutText(text, maxNameLength);

/** A name of 1 to 64 characters. */
export const isName = (text: string): boolean =>
  text.length <= 2 * maxNameLength && [...text].length <= maxNameLength && name.test(text);
