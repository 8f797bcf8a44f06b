// What is left of a process that has died: whose pictures it decoded.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { DecodingMark, readMark } from "../../../../../media/video/process/decoding-mark.ts";

it("is in the file while a source is decoded, and not afterwards", () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-mark-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "mark");
  const fd = openSync(path, "w");
  const mark = new DecodingMark(fd);
  const read = () => readMark(readFileSync(path));

  expect(read()).toBeUndefined();
  mark.begin(0, 1234.5);
  expect(read()).toEqual({ source: 0, since: 1234.5 });
  mark.begin(7, 1235);
  expect(read()).toEqual({ source: 7, since: 1235 });
  mark.end();
  expect(read()).toBeUndefined();
  closeSync(fd);
});

it("does no harm where there is no such file", () => {
  new DecodingMark(undefined).begin(1, 0);
  const closed = openSync("/dev/null", "r");
  closeSync(closed);
  new DecodingMark(closed).begin(1, 0);
});
