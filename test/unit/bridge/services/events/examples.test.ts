// docs/events.md lists every type of event, and its examples fit the schemas of the events.
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { type EventType, eventData, eventTypes } from "../../../../../bridge/services/events/types.ts";
import { blocksOf, textOf } from "../../../../support/documents.ts";

const file = "docs/events.md";

interface Example {
  readonly type: EventType;
  readonly data: Record<string, unknown>;
}

/** One a line; `{…}` stands for the object that another example shows complete. */
function examplesOf(text: string): Example[] {
  const lines = text.split("\n").filter((line) => line.startsWith('{"type":'));
  const complete = (name: string): string =>
    lines.map((line) => new RegExp(`"${name}": (\\{"id".*\\})\\}\\}$`).exec(line)?.[1]).find(Boolean) ?? "";
  const objects = { room: complete("room"), participant: complete("participant"), to: complete("room") };
  return lines.map((line) => {
    const whole = Object.entries(objects).reduce(
      (json, [name, object]) => json.replaceAll(`"${name}": {…}`, `"${name}": ${object}`),
      line,
    );
    return JSON.parse(whole) as Example;
  });
}

const examples = blocksOf(file)
  .filter(({ language }) => language === "json")
  .map(({ text }) => text)
  .join("\n");

describe("the page about events", () => {
  it.each(examplesOf(examples))("has an example of $type that fits its schema", ({ type, data }) => {
    expect(Value.Errors(eventData[type], data)).toEqual([]);
    expect(Object.keys(eventData[type].properties)).toEqual(expect.arrayContaining(Object.keys(data)));
  });

  it("lists every type", () => {
    const text = textOf(file);
    expect(eventTypes.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
  });
});
