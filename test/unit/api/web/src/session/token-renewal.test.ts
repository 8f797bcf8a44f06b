import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TokenRenewal } from "../../../../../../api/web/src/session/token-renewal.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const advance = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

it("renews a token five minutes before its end, or in the middle of a short time", async () => {
  const renew = vi.fn(async () => 60);
  const renewal = new TokenRenewal({ renew, isPassing: () => true });
  renewal.start(3600);
  await advance(3299);
  expect(renew).toHaveBeenCalledTimes(0);
  await advance(1);
  expect(renew).toHaveBeenCalledTimes(1);
  await advance(30);
  expect(renew).toHaveBeenCalledTimes(2);
  renewal.stop();
});

it("renews a token that is valid for months once a day, since timers of browsers are no longer", async () => {
  const renew = vi.fn(async () => 10_000_000);
  const renewal = new TokenRenewal({ renew, isPassing: () => true });
  renewal.start(10_000_000);
  await advance(2 * 86_400);
  expect(renew).toHaveBeenCalledTimes(2);
  renewal.stop();
});

it("tries again while the bridge cannot be reached, and not after a refusal", async () => {
  const renew = vi.fn(() => Promise.reject(new Error("unreachable")));
  let isPassing = true;
  const renewal = new TokenRenewal({ renew, isPassing: () => isPassing });
  renewal.start(20);
  await advance(10 + 20);
  expect(renew).toHaveBeenCalledTimes(2);
  isPassing = false;
  await advance(20);
  expect(renew).toHaveBeenCalledTimes(3);
  expect(vi.getTimerCount()).toBe(0);
});

it("ends when it is stopped, also while the bridge is asked", async () => {
  let answer = (_seconds: number) => {};
  const renew = () => new Promise<number>((resolve) => (answer = resolve));
  const renewal = new TokenRenewal({ renew, isPassing: () => true });
  renewal.start(20);
  await advance(10);
  renewal.stop();
  answer(3600);
  await advance(0);
  expect(vi.getTimerCount()).toBe(0);
});
