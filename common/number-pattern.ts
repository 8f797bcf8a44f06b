// Patterns of telephone numbers as in PBX dial plans: X is 0-9, Z 1-9, N 2-9, [13-5] one of these, a dot at the
// end stands for one digit or more, an exclamation mark for none or more; every other character is itself.

const classes: Readonly<Record<string, string>> = {
  X: "\\d",
  Z: "[1-9]",
  N: "[2-9]",
  ".": "\\d+",
  "!": "\\d*",
};
const grammar = /^\+?(?:[\d*#XZN]|\[\d(?:-\d)?(?:,?\d(?:-\d)?)*\])*[.!]?$/;

/** Whether a text is a valid pattern; the empty text is none. */
export const isPattern = (pattern: string): boolean =>
  pattern !== "" && pattern.length <= 64 && grammar.test(pattern);

export function matchesPattern(pattern: string, number: string): boolean {
  if (!isPattern(pattern)) return false;
  const source = pattern.replace(/\[[^\]]*\]|[^[]/g, (part) => {
    if (part.startsWith("[")) return part.replaceAll(",", "");
    return classes[part] ?? (/\d/.test(part) ? part : `\\${part}`);
  });
  return new RegExp(`^${source}$`).test(number);
}

/** The characters that may stand in the user part of a SIP address without quoting; also used in JSON schemas. */
export const callerIdPattern = '^[^\\s\\u0000-\\u001f\\u007f-\\u009f<>"@:;?]+$';

const callerId = new RegExp(callerIdPattern);

/** Whether a text can be the user part of a SIP address: a number, `anonymous`, an extension's name. */
export const isCallerId = (text: string): boolean => callerId.test(text);

/** Whether a text has only the characters of a telephone number, none of which is special in a SIP URI. */
export const isNumber = (text: string): boolean => /^\+?[\d*#]+$/.test(text);
