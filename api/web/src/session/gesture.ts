// Gestures of the person, before which browsers let a page make no sound.

/** Those that browsers take for the person's will to hear something: of fingers and pens, that they are lifted. */
const gestures = ["pointerdown", "pointerup", "keydown"];

/** At each one, until the returned function ends it. */
export function onGesture(act: () => void): () => void {
  for (const gesture of gestures) addEventListener(gesture, act);
  return () => {
    for (const gesture of gestures) removeEventListener(gesture, act);
  };
}
