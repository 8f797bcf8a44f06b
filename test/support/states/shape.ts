// Which fields a state has that an older version has written, and of which types: what today's code must still know. Lists count as
// one item each, so that their lengths do not matter.

/** `leg.local.port number`, sorted. */
export function shapeOf(value: unknown): readonly string[] {
  const shape = new Set<string>();
  collect(value, "", shape);
  return [...shape].sort();
}

function collect(value: unknown, path: string, shape: Set<string>): void {
  if (Array.isArray(value)) {
    shape.add(`${path} list`);
    for (const item of value) collect(item, `${path}[]`, shape);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value))
      collect(part, path === "" ? name : `${path}.${name}`, shape);
    if (path !== "") shape.add(`${path} object`);
  } else {
    shape.add(`${path} ${value === null ? "null" : typeof value}`);
  }
}

/** What `now` lacks of `before`, with what a developer is to do; undefined: nothing. */
export function lackOf(before: unknown, now: unknown): string | undefined {
  const known = new Set(shapeOf(now));
  const lacking = shapeOf(before).filter((field) => !known.has(field));
  if (lacking.length === 0) return undefined;
  return [
    "Running calls carry this state over an upgrade, and today's code does not keep these fields of an older version:",
    ...lacking.map((field) => `  ${field}`),
    'Add fields and never remove or change them: CONTRIBUTING, "How to change what a restart finds".',
  ].join("\n");
}
