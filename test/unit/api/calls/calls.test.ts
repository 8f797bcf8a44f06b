// Calls and their records over HTTP: as JSON, and as a table file that no spreadsheet executes.
import { beforeEach, describe, expect, it } from "vitest";
import type { CallEntry, CdrStart } from "#services/call-records";
import { description, passing } from "../../bridge/services/call-ladders/messages.ts";
import { Fixture, key } from "../support/fixture.ts";

let api: Fixture;
const ended: object[] = [];

beforeEach(async () => {
  api = await Fixture.create();
  ended.length = 0;
});

const beginning: CdrStart = {
  direction: "inbound",
  from: "101",
  to: "8000",
  displayName: "Ada",
  trunk: null,
  sipCallId: "a@b",
  transport: "UDP",
  signallingAddress: "192.0.2.1:5060",
};

function call(changes: Partial<CdrStart> = {}): CallEntry {
  const entry = api.calls.begin(
    { ...beginning, ...changes },
    {
      state: "talking",
      dumpable: undefined,
      end: (ending) => {
        ended.push(ending);
        entry.end({ by: "local", ...ending });
      },
    },
  );
  return entry;
}

function over(changes: Partial<CdrStart> = {}, ending = { status: 200, text: "Bye" }): string {
  const entry = call(changes);
  entry.note({ answeredAt: new Date(api.clock.now()).toISOString() });
  api.clock.advance(1000);
  entry.end({ by: "remote", ...ending });
  return entry.id;
}

const csv = async (query = "") => api.get(`/api/call_records?format=csv${query}`);
const lines = (text: string) => text.split("\r\n").slice(0, -1);
/** Cells of texts that hold no comma. */
const column = (text: string, name: string) => {
  const [titles, ...rows] = lines(text).map((line) => line.split(","));
  return rows.map((row) => row[titles!.indexOf(name)]);
};

describe("calls that last", () => {
  it("are listed and shown without what is not known yet", async () => {
    const { id } = call();
    const shown = {
      ...{ id, direction: "inbound", from: "101", to: "8000", display_name: "Ada", sip_call_id: "a@b" },
      ...{ transport: "UDP", signalling_address: "192.0.2.1:5060", state: "talking" },
      started_at: "2026-01-01T00:00:00.000Z",
    };

    expect((await api.get("/api/calls")).json()).toEqual({ count: 1, items: [shown] });
    expect((await api.get(`/api/calls/${id}`)).json()).toEqual(shown);
    expect((await api.get("/api/calls?filter=state eq 'ringing'")).json()).toEqual({ count: 0, items: [] });
  });

  it("are hung up, and then have a record", async () => {
    const { id } = call();
    expect((await api.post(`/api/calls/${id}/destroy`)).statusCode).toBe(204);

    expect(ended).toEqual([{ status: 200, text: "Hung up by the API" }]);
    expect((await api.get("/api/calls")).json().count).toBe(0);
    expect((await api.get(`/api/call_records/${id}`)).json()).toMatchObject({
      ...{ id, result: "refused", ended_by: "local", status: 200, reason: "Hung up by the API", duration: 0 },
    });
  });

  it.each([
    ["GET", "/api/calls/none"],
    ["POST", "/api/calls/none/destroy"],
    ["GET", "/api/call_records/none"],
  ] as const)("%s %s is 404 for an id that is not there", async (method, url) => {
    const response = await api.request({ method, url });
    expect(response.statusCode).toBe(404);
    expect(response.json().code).toBe("CALL_NOT_FOUND");
  });

  it("a call that lasts has no record, and one that is over is no call", async () => {
    const { id } = call();
    expect((await api.get(`/api/call_records/${id}`)).statusCode).toBe(404);
    const gone = over();
    expect((await api.get(`/api/calls/${gone}`)).statusCode).toBe(404);
  });
});

describe("records", () => {
  it("are listed with the grammar of all lists", async () => {
    over({ from: "101" });
    over({ from: "102" }, { status: 486, text: "Busy" });
    over({ from: "103" });
    const froms = async (query: string) =>
      (await api.get(`/api/call_records?${query}`)).json().items.map(({ from }: { from: string }) => from);

    expect(await froms("filter=status eq 200&orderby=from")).toEqual(["101", "103"]);
    expect(await froms("search=102")).toEqual(["102"]);
    expect(await froms("orderby=started_at desc&top=1&skip=1")).toEqual(["102"]);
    const wrong = await api.get("/api/call_records?filter=pin eq '1'");
    expect(wrong.json()).toMatchObject({ status: 400, code: "INVALID_FILTER" });
  });

  it("come as a table file when asked for, all that match", async () => {
    for (let number = 0; number < 300; number += 1) over({ from: String(1000 + number) });

    const response = await csv("&orderby=from desc");

    expect(response.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
    expect(response.headers["content-disposition"]).toBe('attachment; filename="call-records.csv"');
    expect(response.body.startsWith("\ufeff")).toBe(true);
    expect(lines(response.body)).toHaveLength(301);
    expect(column(response.body, "from").slice(0, 2)).toEqual(["1299", "1298"]);
    expect(column((await csv("&orderby=from&skip=2&top=2")).body, "from")).toEqual(["1002", "1003"]);
    expect(column((await csv("&filter=from eq '1007'")).body, "duration")).toEqual(["1"]);
  });

  it("come as a table file by the Accept header too", async () => {
    over();
    const accepting = async (accept: string) => {
      const headers = { "x-api-key": key, accept };
      const response = await api.request({ method: "GET", url: "/api/call_records", headers });
      return response.headers["content-type"];
    };
    expect(await accepting("text/csv")).toContain("text/csv");
    expect(await accepting("text/csv;q=0.9, */*;q=0.1")).toContain("text/csv");
    expect(await accepting("application/json, text/csv")).toContain("application/json");
    expect(await accepting("*/*")).toContain("application/json");
  });

  it("hold no formula in a table file", async () => {
    const hostile = ["=1+1", "+34911", "-2", "@SUM(A1)", "\tx", '=cmd|"/c calc"!A1'];
    for (const displayName of hostile) over({ displayName });

    const { body } = await csv("&orderby=started_at");

    for (const name of hostile) {
      const cell = name.includes('"') ? `"'${name.replaceAll('"', '""')}"` : `'${name}`;
      expect(body).toContain(`,${cell},`);
    }
  });

  it("are an empty table with titles when nothing matches", async () => {
    const { body, statusCode } = await csv();
    expect(statusCode).toBe(200);
    expect(lines(body)).toHaveLength(1);
    expect(body).toMatch(/^\ufeffid,direction,from,to,display_name,/);
  });
});

describe("the ladder of a call", () => {
  it("is shown as JSON, as text and as pcap, by the id of the call and by its Call-ID, to admin keys alone", async () => {
    api.ladders.take(passing("in", "INVITE", { callId: "a@b", body: description }));
    const { id } = call();
    api.ladders.happened(id, { what: "first_packet", detail: "from 192.0.2.1:4000" });

    const shown = (await api.get(`/api/calls/${id}/ladder`)).json();
    expect(shown).toMatchObject({
      ...{ call_ids: ["a@b"], ended: false, left_out: 0 },
      entries: [
        {
          ...{ kind: "sip", at: "2026-01-01T00:00:00.000Z", direction: "in", transport: "UDP" },
          ...{ remote: "192.0.2.1:5062", local: "192.0.2.10:5060", title: "INVITE", cseq: "1 INVITE" },
          session: "audio SRTP PCMU telephone-event 192.0.2.7:40012 sendonly; video refused",
        },
        { kind: "media", what: "first_packet", detail: "from 192.0.2.1:4000", count: 1 },
      ],
    });
    expect((await api.get("/api/calls/a%40b/ladder")).json()).toEqual(shown);
    const text = await api.get(`/api/calls/${id}/ladder?format=text`);
    expect(text.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(text.body).toContain("|- INVITE ---");
    const file = await api.get(`/api/calls/${id}/ladder.pcap`);
    expect(file.headers["content-type"]).toBe("application/vnd.tcpdump.pcap");
    expect(file.rawPayload.readUInt32LE(0)).toBe(0xa1b2c3d4);
    for (const path of ["ladder", "ladder.pcap"]) {
      expect((await api.get(`/api/calls/none/${path}`)).json()).toMatchObject({ code: "CALL_NOT_FOUND" });
      const made = await api.post("/api/keys", { name: path, scopes: ["calls"] });
      const headers = { "x-api-key": made.json().key };
      const url = `/api/calls/${id}/${path}`;
      expect((await api.request({ method: "GET", url, headers })).statusCode).toBe(403);
    }
  });
});
