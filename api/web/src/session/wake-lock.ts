// Keeps the screen on during the call: telephones that lock themselves silence the microphone, some with it the call. Systems take the
// lock back whenever the page is out of sight.
import type { ReadonlySignal } from "@preact/signals";

/** For as long as the signal says so; where the browser or the system refuses, the screen goes off as ever. */
export function keepAwake(isWanted: ReadonlySignal<boolean>): void {
  let held: WakeLockSentinel | undefined;
  let isAsking = false;
  const follow = async (): Promise<void> => {
    if (!isWanted.peek()) {
      const before = held;
      held = undefined;
      await before?.release();
      return;
    }
    const isHeld = held?.released === false;
    if (isHeld || isAsking || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    isAsking = true;
    try {
      held = await navigator.wakeLock.request("screen");
    } catch {
      // As when the battery is low.
    }
    isAsking = false;
    if (!isWanted.peek()) await follow();
  };
  isWanted.subscribe(() => void follow());
  addEventListener("visibilitychange", () => void follow());
}
