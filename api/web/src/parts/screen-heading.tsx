// The heading of a screen. When the screen comes, or says something else, it is shown from its top, and the heading has the focus, so
// that a screen reader reads it and the keyboard goes on from there.
import { useEffect, useRef } from "preact/hooks";

export function ScreenHeading({ text }: { readonly text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
    </h1>
  );
}
