import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Filter } from "#common";
import {
  ExpressionError,
  fieldTable,
  parseFilter,
  parseOrder,
  parseSearch,
} from "../../../../api/query/index.ts";
import { toSnake } from "../../../../api/wire.ts";
import {
  type RoomListField,
  roomListFields,
} from "../../../../bridge/conference/rooms/records/list-fields.ts";
import { anyFilter, anyText } from "../support/filters.ts";
import { Fixture } from "../support/fixture.ts";
import { wholeApi } from "../support/whole.ts";

const fields = fieldTable(roomListFields);
const filter = (expression: string) => parseFilter(expression, fields);

const capacity = { kind: "compare", field: "capacity", operator: "ge", value: 10 };
const video = { kind: "compare", field: "mode", operator: "eq", value: "VIDEO" };
const weekly = { kind: "text", field: "subject", test: "startswith", value: "Week" };

describe("filter", () => {
  test.each([
    ["capacity ge 10", capacity],
    ["  CAPACITY_is_not_this eq 1", undefined],
    ["(capacity ge 10)", capacity],
    ["capacity ge 10 and mode eq 'VIDEO'", { kind: "and", terms: [capacity, video] }],
    [
      "mode eq 'VIDEO' or capacity ge 10 and startswith(subject, 'Week')",
      { kind: "or", terms: [video, { kind: "and", terms: [capacity, weekly] }] },
    ],
    [
      "(mode eq 'VIDEO' or capacity ge 10) AND startswith(subject,'Week')",
      { kind: "and", terms: [{ kind: "or", terms: [video, capacity] }, weekly] },
    ],
    [
      "subject eq 'it''s (1, 2) or not'",
      { kind: "compare", field: "subject", operator: "eq", value: "it's (1, 2) or not" },
    ],
    ["subject eq ''", { kind: "compare", field: "subject", operator: "eq", value: "" }],
    ["not capacity ge 10", { kind: "not", term: capacity }],
    [
      "not (capacity ge 10) and mode eq 'VIDEO'",
      { kind: "and", terms: [{ kind: "not", term: capacity }, video] },
    ],
    ["NOT startswith(subject,'Week')", { kind: "not", term: weekly }],
    ["mode IN ('AUDIO', 'VIDEO')", { kind: "in", field: "mode", values: ["AUDIO", "VIDEO"] }],
    ["scheduled_start_at in (null)", { kind: "in", field: "scheduledStartAt", values: [null] }],
    ["enable_prompt ne true", { kind: "compare", field: "enablePrompt", operator: "ne", value: true }],
    [
      "scheduled_start_at eq null",
      { kind: "compare", field: "scheduledStartAt", operator: "eq", value: null },
    ],
    [
      "created_at lt '2026-03-02T09:00:00+01:00'",
      { kind: "compare", field: "createdAt", operator: "lt", value: "2026-03-02T08:00:00.000Z" },
    ],
  ])("%s", (expression, expected) => {
    if (expected) expect(filter(expression)).toEqual(expected);
    else expect(() => filter(expression)).toThrow(ExpressionError);
  });

  test.each([
    ["not", 4, /expected a field or a function but found the end/],
    ["capacity in 10", 13, /expected "\(" but found a number/],
    ["capacity in ()", 14, /expected a value but found "\)"/],
    ["capacity in (1", 15, /expected "," or "\)" but found the end/],
    ["capacity in (1,'2')", 16, /expected a number/],
    [`capacity in (${Array(101).fill("1").join(",")})`, 214, /more than 100 values/],
    [`${"not ".repeat(17)}capacity eq 1`, 65, /16 parentheses deep/],
    ["capacity", 9, /expected eq, ne/],
    ["capacity ge", 12, /expected a value but found the end/],
    ["capacity ge 'ten'", 13, /expected a number but found a text/],
    ["capacity ge 10 or", 18, /expected a field or a function but found the end/],
    ["capacity ge 10 capacity", 16, /found "capacity"/],
    ["capacity is 10", 10, /found "is"/],
    ["capacity ge 1x", 13, /not a number/],
    ["capacity gt null", 10, /has an order/],
    ["enable_prompt lt true", 15, /has an order/],
    ["enable_prompt eq 1", 18, /expected true or false/],
    ["colour eq 'red'", 1, /"colour" is not a field of this list/],
    ["extensionNumber eq '1'", 1, /not a field/],
    ["room_pin eq '4711'", 1, /not a field/],
    ["__proto__ eq '1'", 1, /not a field/],
    ["subject eq 'open", 12, /without its closing quote/],
    ["subject eq open", 12, /single quotes/],
    ["(subject eq 'a'", 16, /expected "\)" but found the end/],
    ["subject eq 'a')", 15, /found "\)"/],
    ["contains(capacity,'1')", 10, /is not a text/],
    ["contains(subject 'a')", 18, /expected ","/],
    ["contains(subject,1)", 18, /single quotes/],
    ["created_at lt 'yesterday'", 15, /RFC 3339/],
    ["subject eq 'a\u0000'", 14, /control character/],
    ["subject = 'a'", 9, /unexpected character/],
    ["()", 2, /expected a field/],
    [`${"(".repeat(17)}capacity ge 1${")".repeat(17)}`, 17, /16 parentheses/],
    [Array(51).fill("capacity ge 1").join(" or "), 851, /50 conditions/],
  ])("%.40s is wrong at %i", (expression, at, message) => {
    expect(() => filter(expression)).toThrow(
      expect.objectContaining({ at, message: expect.stringMatching(message) }),
    );
  });

  test("what is written down is read back as it was", () => {
    fc.assert(
      fc.property(anyFilter, (tree) => {
        expect(filter(written(tree))).toEqual(tree);
      }),
    );
  });

  test("any text is a filter or wrong at a place inside it", () => {
    const words = fc.constantFrom(
      "(",
      ")",
      ",",
      "'",
      "''",
      " ",
      "eq",
      "and",
      "or",
      "null",
      "subject",
      "contains",
      "1",
    );
    const text = fc.oneof(
      anyText,
      fc.array(words, { maxLength: 30 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, (expression) => {
        for (const parse of [filter, parseSearch, (order: string) => parseOrder(order, fields)]) {
          try {
            parse(expression);
          } catch (error) {
            if (!(error instanceof ExpressionError)) throw error;
            if (error.at < 1 || error.at > expression.length + 1) return false;
          }
        }
        return true;
      }),
    );
  });
});

describe("search", () => {
  test.each([
    ["weekly", [["weekly"]]],
    ["weekly  review", [["weekly", "review"]]],
    ["weekly review or daily OR 80", [["weekly", "review"], ["daily"], ["80"]]],
    ['"weekly or daily" x', [["weekly or daily", "x"]]],
    ["order orb", [["order", "orb"]]],
  ])("%s", (expression, expected) => {
    expect(parseSearch(expression)).toEqual(expected);
  });

  test.each([
    ["or weekly", 1],
    ["weekly or", 10],
    ["weekly or or daily", 11],
    ['weekly "or', 8],
    ['""', 1],
    [Array(21).fill("x").join(" "), 41],
  ])("%.40s is wrong at %i", (expression, at) => {
    expect(() => parseSearch(expression)).toThrow(expect.objectContaining({ at }));
  });
});

describe("order", () => {
  test("names fields and directions", () => {
    expect(parseOrder("subject, capacity desc,created_at ASC", fields)).toEqual([
      { field: "subject", descending: false, folded: true },
      { field: "capacity", descending: true },
      { field: "createdAt", descending: false },
    ]);
  });

  test.each([
    ["subject down", 9],
    ["subject asc desc", 13],
    ["subject,", 9],
    ["colour", 1],
    ["subject, subject desc", 10],
    ["id,mode,control,height,width,bitrate", 30],
  ])("%s is wrong at %i", (expression, at) => {
    expect(() => parseOrder(expression, fields)).toThrow(expect.objectContaining({ at }));
  });
});

describe("a list of rooms", () => {
  async function subjects(query: Record<string, string>): Promise<string[]> {
    const response = await api.request({ method: "GET", url: "/api/conference_rooms", query });
    expect(response.statusCode).toBe(200);
    return response.json().items.map(({ subject }: { subject: string }) => subject);
  }
  let api: Fixture;

  test("is filtered, searched and ordered at once", async () => {
    api = await Fixture.create();
    await api.room({ subject: "Weekly sales", capacity: 10 });
    await api.room({ subject: "Daily sales", capacity: 20 });
    await api.room({ subject: "Board", capacity: 30, scheduled_start_at: "2026-03-02T09:00:00Z" });

    expect(await subjects({ filter: "capacity ge 20", orderby: "subject desc" })).toEqual([
      "Daily sales",
      "Board",
    ]);
    expect(await subjects({ search: "SALES", filter: "capacity lt 20" })).toEqual(["Weekly sales"]);
    expect(await subjects({ search: "board or daily", orderby: "capacity" })).toEqual([
      "Daily sales",
      "Board",
    ]);
    expect(await subjects({ $filter: "scheduled_start_at ne null", $top: "5" })).toEqual(["Board"]);
    expect(await subjects({ $orderby: "scheduled_start_at desc, capacity", $skip: "1" })).toEqual([
      "Weekly sales",
      "Daily sales",
    ]);
    expect(await subjects({ filter: " ", search: "", orderby: "" })).toHaveLength(3);
  });

  test("folds case in every script where it searches and orders, and compares exactly", async () => {
    const whole = await wholeApi();
    api = whole.api;
    for (const subject of ["émile", "Zoë", "ÉMILE", "alpha", "ΟΔΟΣ", "Äther"]) await api.room({ subject });
    expect(await subjects({ search: "émile", orderby: "subject" })).toEqual(["ÉMILE", "émile"]);
    expect(await subjects({ search: "e\u0301mil" })).toHaveLength(2);
    expect(await subjects({ search: "οδος" })).toEqual(["ΟΔΟΣ"]);
    expect(await subjects({ filter: "startswith(subject,'ÄTH')" })).toEqual(["Äther"]);
    expect(await subjects({ filter: "subject eq 'émile'" })).toEqual(["émile"]);
    expect(
      await subjects({ filter: "not (subject in ('émile','Zoë') or contains(subject,'Λ'))" }),
    ).toHaveLength(4);
    const ordered = ["alpha", "Zoë", "Äther", "ÉMILE", "émile", "ΟΔΟΣ"];
    expect(await subjects({ orderby: "subject" })).toEqual(ordered);
    expect(await subjects({ orderby: "subject desc" })).toEqual(ordered.toReversed());
    await whole.close();
  });

  test.each([
    ["filter", "capacity ge 'ten'", "INVALID_FILTER", "expected a number but found a text at position 13"],
    ["$search", "weekly or", "INVALID_SEARCH", "expected a text but found the end at position 10"],
    ["orderby", "colour", "INVALID_ORDERBY", '"colour" is not a field of this list at position 1'],
    ["filter", "subject eq '😀' and x", "INVALID_FILTER", '"x" is not a field of this list at position 20'],
    ["search", '😀😀 "a', "INVALID_SEARCH", "a double quote without its partner at position 4"],
  ])("refuses %s=%s and points at the place", async (name, expression, code, message) => {
    api = await Fixture.create();
    const response = await api.request({
      method: "GET",
      url: "/api/conference_rooms",
      query: { [name]: expression },
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code, details: [{ field: name.replace("$", ""), message }] });
  });
});

function written(tree: Filter<RoomListField>): string {
  switch (tree.kind) {
    case "compare":
      return `${toSnake(tree.field)} ${tree.operator} ${literal(tree.value)}`;
    case "text":
      return `${tree.test}(${toSnake(tree.field)},${literal(tree.value)})`;
    case "in":
      return `${toSnake(tree.field)} in (${tree.values.map(literal).join(",")})`;
    case "not":
      return `not ${grouped(tree.term)}`;
    default:
      return tree.terms.map(grouped).join(` ${tree.kind} `);
  }
}

const grouped = (term: Filter<RoomListField>): string =>
  term.kind === "and" || term.kind === "or" ? `(${written(term)})` : written(term);

const literal = (value: unknown): string =>
  typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
