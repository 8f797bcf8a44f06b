// Writes the example file: the schema as YAML, each key commented out, with its default and its help.
import type { TSchema } from "typebox";
import { isSection, itemOf, variableName } from "./load.ts";
import { configSchema } from "./schema.ts";

const header = `# Parley's configuration: every key with its default. Remove the "#" in front of what you change, and the one in
# front of the name of its section; or paste a whole section at the end.
# Each key can also be set from the environment, as named in brackets: a list as it stands here, or its items
# separated by commas. A key that is not known or does not fit stops the start with a sentence that says so.
`;

/** Sections are comments too: an excerpt from the documentation that is appended must not repeat a key. */
export function exampleFile(): string {
  return `${header}\n${lines(configSchema, [], "").join("\n")}\n`;
}

function lines(schema: TSchema, path: readonly string[], indent: string): string[] {
  if (!isSection(schema)) return [];
  // The lines of a section have its "#" in front: removing that uncovers them with the right indentation.
  const mark = path.length === 0 ? "" : "#";
  const help = (text: string) => `${mark}${indent}# ${text}`;
  return Object.entries(schema.properties).flatMap(([key, child]) => {
    const childPath = [...path, key];
    const { description = "", default: value } = child as { description?: string; default?: unknown };
    if (isSection(child))
      return [mark, help(description), `#${indent}${key}:`, ...lines(child, childPath, `${indent}  `)];
    const item = itemOf(child);
    if (item) {
      const variable = `${description} [${variableName(childPath)}, as JSON]`;
      return [mark, help(variable), `#${indent}${key}:`, ...entry(item, indent)];
    }
    return [
      help(`${description} [${variableName(childPath)}]`),
      `#${indent}${key}: ${JSON.stringify(value)}`,
    ];
  });
}

/** The keys of one entry of a list, all as comments. */
function entry(schema: TSchema & { properties: Record<string, TSchema> }, indent: string): string[] {
  return Object.entries(schema.properties).map(([key, child], index) => {
    const { description = "", default: value } = child as { description?: string; default?: unknown };
    return `#${indent}  ${index === 0 ? "-" : " "} ${key}: ${JSON.stringify(value)}   # ${description}`;
  });
}
