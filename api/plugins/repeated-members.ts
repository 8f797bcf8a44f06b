// Members of a JSON body that come more than once in the same object. RFC 8259 section 4 leaves open which of them
// counts, and parsers keep the last one without a word; here such a body is refused, as a repeated parameter is.

interface Level {
  /** Of an object: the names so far; undefined while there are none. */
  names: Set<string> | undefined;
  /** The member or the item that is being read. */
  at: string | number;
}

const maxShown = 8;
const maxFieldLength = 100;

/** The fields, in the spelling of `details`. `json` is known to be JSON. */
export function repeatedMembers(json: string): string[] {
  const levels: Level[] = [];
  const repeated = new Set<string>();
  for (let index = 0; index < json.length && repeated.size < maxShown; index += 1) {
    const character = json[index];
    if (character === "{") levels.push({ names: undefined, at: "" });
    else if (character === "[") levels.push({ names: undefined, at: 0 });
    else if (character === "}" || character === "]") levels.pop();
    else if (character === ",") {
      const level = levels.at(-1);
      if (typeof level?.at === "number") level.at += 1;
    } else if (character === '"') {
      const end = endOfString(json, index);
      const level = levels.at(-1);
      if (level && isFollowedByColon(json, end)) {
        level.at = textOfString(json.slice(index, end));
        level.names ??= new Set();
        if (level.names.has(level.at)) repeated.add(fieldOf(levels));
        level.names.add(level.at);
      }
      index = end - 1;
    }
  }
  return [...repeated];
}

/** The index behind the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let index = start + 1;
  while (json[index] !== '"') index += json[index] === "\\" ? 2 : 1;
  return index + 1;
}

/** Without the cost of a parser where nothing is escaped. */
const textOfString = (literal: string): string =>
  literal.includes("\\") ? (JSON.parse(literal) as string) : literal.slice(1, -1);

function isFollowedByColon(json: string, start: number): boolean {
  let index = start;
  while (json[index] === " " || json[index] === "\n" || json[index] === "\r" || json[index] === "\t")
    index += 1;
  return json[index] === ":";
}

function fieldOf(levels: readonly Level[]): string {
  let field = "";
  for (const { at } of levels) {
    if (field.length >= maxFieldLength) break;
    field += typeof at === "number" ? `[${at}]` : field === "" ? at : `.${at}`;
  }
  return field.slice(0, maxFieldLength) || '""';
}
