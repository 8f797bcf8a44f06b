// Text tables for people. Control characters in texts of the network are replaced: a display name must not move the cursor of a
// terminal.

/** Columns as wide as their longest text; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(withoutControls));
  const widths = (clean[0] ?? []).map((_, column) =>
    Math.max(...clean.map((row) => row[column]?.length ?? 0)),
  );
  return clean
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, "?");

const units = [
  ["day", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

/** `2 h 5 min`, `40 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const found = units.findIndex(([, length]) => whole >= length);
  if (found < 0) return `${whole} s`;
  const [name, length] = units[found]!;
  const [smaller, smallerLength] = units[found + 1] ?? ["s", 1];
  const count = Math.floor(whole / length);
  const rest = Math.floor((whole % length) / smallerLength);
  const plural = name === "day" && count > 1 ? "days" : name;
  return `${count} ${plural}${rest > 0 ? ` ${rest} ${smaller}` : ""}`;
}
