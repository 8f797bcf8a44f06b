// The records of calls that are over: a page of them as JSON, or all that match as a table file (RFC 4180). The
// file is written a few hundred rows at a time, so that neither memory nor the database is held by a slow reader.

import { Readable } from "node:stream";
import { stringify } from "csv-stringify/sync";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { CallId } from "#common";
import type { CallRecords } from "#services/call-records";
import { callRecordFields } from "#services/call-records";
import type { Api } from "../instance.ts";
import { HttpRefusal, type OpenStreams } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { toWire } from "../wire.ts";
import { callNotFound, callParams, describe } from "./calls.ts";
import { recordColumns, recordListSchema, recordSchema, tableExample } from "./schemas.ts";

const listFields = fieldTable(callRecordFields);

/** More than that is refused: a file that lacks rows without saying so would be believed. */
const maxRows = 100_000;
const rowsAtOnce = 250;
const fileLimitMs = 600_000;

const query = Type.Object(
  {
    ...listQuery({
      filter: "started_at ge '2026-03-01T00:00:00Z' and result ne 'answered'",
      search: "ada or grace",
      orderby: "duration desc",
    }).properties,
    format: Type.Optional(
      Type.Unsafe<"json" | "csv">({
        type: "string",
        enum: ["json", "csv"],
        description: "`csv`: a table file instead of JSON, as `Accept: text/csv` asks for too.",
        examples: ["csv"],
      }),
    ),
  },
  { additionalProperties: false },
);

const list = {
  ...describe(
    "listCallRecords",
    "List the records of calls",
    "Every call that is over, refused ones too, the newest first. As CSV all that match are sent, not only a page, " +
      "up to 100 000 rows, unless `top` is given; cells that a spreadsheet would take for a formula begin with an " +
      "apostrophe.",
  ),
  querystring: query,
  response: {
    200: {
      description: "The records.",
      content: {
        "application/json": { schema: recordListSchema },
        "text/csv": { schema: Type.Unsafe<string | Readable>({ type: "string", examples: [tableExample] }) },
      },
    },
  },
};

const show = {
  ...describe("getCallRecord", "Show the record of a call", "A call that has not ended has none yet."),
  params: callParams,
  response: { 200: recordSchema },
};

export function recordRoutes(api: Api, records: CallRecords, streams: OpenStreams): void {
  const limits = { handlerTimeout: fileLimitMs };
  api.get(
    "/call_records",
    { schema: list, config: { scope: "calls" }, ...limits },
    async (request, reply) => {
      const { format, ...asked } = request.query;
      const wanted = readListQuery(asked, listFields);
      if (format === "json" || (format === undefined && !prefersTable(request))) {
        const { count, items } = await records.list(wanted);
        return { count, items: items.map(toWire) };
      }
      const ids = await records.ids(wanted, maxRows + 1);
      if (ids.length > maxRows) {
        const message = `matches more than ${maxRows} records: ask for less at once`;
        throw new HttpRefusal("INVALID_FIELD", message, { fields: [{ field: "filter", message }] });
      }
      const from = wanted.skip;
      const chosen = ids.slice(from, asked.top === undefined ? undefined : from + asked.top);
      const release = streams.holdFor(request, () => reply.raw.destroy());
      reply.raw.once("close", release);
      return reply
        .type("text/csv; charset=utf-8; header=present")
        .header("content-disposition", 'attachment; filename="call-records.csv"')
        .header("x-content-type-options", "nosniff")
        .send(Readable.from(table(records, chosen)));
    },
  );

  api.get("/call_records/:id", { schema: show, config: { scope: "calls" } }, async (request) => {
    const { id } = request.params;
    const record = await records.get(id);
    if (!record) throw callNotFound(id);
    return toWire(record);
  });
}

function prefersTable({ headers }: FastifyRequest): boolean {
  const accepted = (headers.accept ?? "")
    .split(",")
    .map((range) => range.split(";", 1)[0]?.trim().toLowerCase());
  const table = accepted.indexOf("text/csv");
  const json = accepted.indexOf("application/json");
  return table >= 0 && (json < 0 || table < json);
}

async function* table(records: CallRecords, ids: readonly CallId[]): AsyncGenerator<string> {
  // Spreadsheets take a file without this mark for one of the machine's own old character set.
  yield byteOrderMark + rows([recordColumns]);
  for (let first = 0; first < ids.length; first += rowsAtOnce) {
    const some = await records.read(ids.slice(first, first + rowsAtOnce));
    yield rows(
      some.map((record) => {
        const shown: Readonly<Record<string, unknown>> = toWire(record);
        return recordColumns.map((column) => shown[column] ?? "");
      }),
    );
  }
}

const byteOrderMark = "\ufeff";

const rows = (cells: readonly (readonly unknown[])[]): string =>
  stringify(cells as unknown[][], { escape_formulas: true, record_delimiter: "windows" });
