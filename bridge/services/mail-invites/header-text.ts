// A text as the body of a mail header (RFC 2047): as it is where that is safe, else as encoded words. What only looks
// like an encoded word is encoded, so that it stays what it is. Pure.

/** Of an encoded word of 75 characters, as UTF-8 before base64. */
const maxBytes = 45;

/** The text is on one line. */
export function headerText(text: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(text) && !text.includes("=?");
  return isPlain ? text : wordsOf(text).join(" ");
}

/** Characters are never cut; blanks between two encoded words are not part of the text. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let piece = "";
  for (const character of text.toWellFormed()) {
    if (Buffer.byteLength(piece + character) > maxBytes) {
      words.push(wordOf(piece));
      piece = "";
    }
    piece += character;
  }
  return piece === "" ? words : [...words, wordOf(piece)];
}

const wordOf = (piece: string): string => `=?UTF-8?B?${Buffer.from(piece).toString("base64")}?=`;
