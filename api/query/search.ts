// The search language: words that must all be found, `or` between alternatives, double quotes around what
// belongs together or is an `or` to be found.
import type { Search } from "#common";
import { ExpressionError, refuseControls } from "./tokens.ts";

const maxTexts = 20;

const pattern = /(?<blank>\s+)|"(?<phrase>[^"]*)"|(?<word>[^\s"]+)/y;

export function parseSearch(expression: string): Search {
  refuseControls(expression);
  const alternatives: string[][] = [[]];
  let texts = 0;
  const scanner = new RegExp(pattern);
  for (let index = 0; index < expression.length; index = scanner.lastIndex) {
    scanner.lastIndex = index;
    const at = index + 1;
    const groups = scanner.exec(expression)?.groups;
    if (!groups) throw new ExpressionError(at, "a double quote without its partner");
    if (groups["word"]?.toLowerCase() === "or") {
      if (alternatives.at(-1)!.length === 0) throw new ExpressionError(at, `"or" without a text before it`);
      alternatives.push([]);
      continue;
    }
    const text = groups["phrase"] ?? groups["word"];
    if (text === undefined) continue;
    if (text === "") throw new ExpressionError(at, "an empty text");
    if (++texts > maxTexts) throw new ExpressionError(at, `more than ${maxTexts} texts`);
    alternatives.at(-1)!.push(text);
  }
  if (alternatives.at(-1)!.length === 0) {
    throw new ExpressionError(expression.length + 1, "expected a text but found the end");
  }
  return alternatives;
}
