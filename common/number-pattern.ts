// Patterns of telephone numbers as PBX administrators write them: X is 0-9, Z 1-9, N 2-9, [13-5] one of these, a
// dot at the end stands for one digit or more, an exclamation mark for none or more; everything else is itself.

const classes: Readonly<Record<string, string>> = {
  X: "\\d",
  Z: "[1-9]",
  N: "[2-9]",
  ".": "\\d+",
  "!": "\\d*",
};
const grammar = /^\+?(?:[\d*#XZN]|\[\d(?:-\d)?(?:,?\d(?:-\d)?)*\])*[.!]?$/;

/** Whether a pattern is one; an empty one matches nothing and is none. */
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

/** Nothing that ends the user part of a SIP address, or quotes; for JSON schemas, too. */
export const callerIdPattern = '^[^\\s\\u0000-\\u001f\\u007f-\\u009f<>"@:;?]+$';

const callerId = new RegExp(callerIdPattern);

/** Whether a text can stand in front of the @ of a SIP address: a number, `anonymous`, an extension's name. */
export const isCallerId = (text: string): boolean => callerId.test(text);

/** Whether a text holds the characters of a telephone number alone: nothing that a SIP URI reads as something else. */
export const isNumber = (text: string): boolean => /^\+?[\d*#]+$/.test(text);
