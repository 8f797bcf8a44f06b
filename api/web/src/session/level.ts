// How loud a stream is, ten times a second, for the meter beside the microphone.
import { onGesture } from "./gesture.ts";

/** Calls `tell` with 0 (silent) to 1 (loud). Returns what ends it. */
export function watchLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const stopWaiting = resumeByGesture(context);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    tell(levelOfPower(power));
  }, 100);
  return () => {
    clearInterval(timer);
    stopWaiting();
    void context.close();
  };
}

/** Before the first gesture on the page Chromium lets no context run. Returns what ends the wait for one. */
function resumeByGesture(context: AudioContext): () => void {
  let stopListening = () => {};
  const follow = () => {
    stopListening();
    stopListening = context.state === "suspended" ? onGesture(() => void context.resume()) : () => {};
  };
  context.addEventListener("statechange", follow);
  follow();
  return () => {
    context.removeEventListener("statechange", follow);
    stopListening();
  };
}

/** From −60 dB to −10 dB of full scale. */
function levelOfPower(power: number): number {
  const decibels = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
