// Parses the configuration file, which is YAML. A syntax error is a StartError with the line; a repeated key is named.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { StartError } from "#common";

/** The content, `{}` for an empty file. Throws StartError. */
export function parseFile(path: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    const [line = ""] = error.message.split("\n");
    throw new StartError(`${path} is not valid YAML: ${line.replace(/:$/, "")}`);
  }
  refuseDuplicates({ node: document.contents, name: "", path, lines });
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch {
    throw new StartError(`${path}: aliases (*name) are not taken`);
  }
}

interface YamlSection {
  readonly node: Node | null;
  /** The name of the section in the documentation's form; empty for the file as a whole. */
  readonly name: string;
  readonly path: string;
  readonly lines: LineCounter;
}

function refuseDuplicates(section: YamlSection): void {
  const { node, name } = section;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      refuseDuplicates({ ...section, node: item as Node | null, name: `${name}[${index}]` });
    }
  } else if (isMap(node)) {
    refuseDuplicatesIn(node, section);
  }
}

function refuseDuplicatesIn(map: YAMLMap, section: YamlSection): void {
  const { name, path, lines } = section;
  const firstLine = new Map<string, number>();
  for (const { key, value } of map.items) {
    const word = isScalar(key) ? String(key.value) : "";
    const { line } = lines.linePos((key as Node | null)?.range?.[0] ?? 0);
    const full = name === "" ? word : `${name}.${word}`;
    const first = firstLine.get(word);
    if (first !== undefined) {
      throw new StartError(
        `${path}, line ${line}: ${full} stands there a second time, the first is in line ${first}; put both together`,
      );
    }
    firstLine.set(word, line);
    refuseDuplicates({ ...section, node: value as Node | null, name: full });
  }
}
