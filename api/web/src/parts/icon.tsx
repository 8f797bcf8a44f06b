// The page's icons: lines on a grid of 24, drawn in the colour of the text.
const paths = {
  microphone: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  microphoneOff:
    "M4 4l16 16M9 9v3a3 3 0 0 0 4.6 2.5M15 11V6a3 3 0 0 0-5.8-1M5 11a7 7 0 0 0 10.5 6M19 11a7 7 0 0 1-.6 2.800M12 18v3",
  hand: "M8 12V5.500a1.500 1.500 0 0 1 3 0V11m0-6.500v-1a1.500 1.500 0 0 1 3 0V11m0-5.500a1.500 1.500 0 0 1 3 0V14c0 4-2.500 7-6.500 7-3 0-4.500-1.500-6-4l-2-3.500c-.8-1.500 1-2.600 2-1.500l2 2.500",
  keypad:
    "M6 4.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM12 4.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM18 4.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM6 10.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM12 10.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM18 10.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM6 16.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM12 16.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2zM18 16.4a.6.6 0 1 0 0 1.2.6.6 0 1 0 0-1.2z",
  speaker: "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  host: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  attach:
    "M20 11l-8.500 8.500a5 5 0 0 1-7-7L13 4a3.300 3.300 0 0 1 4.700 4.700L9.500 17a1.700 1.700 0 0 1-2.400-2.400L14 7.700",
  send: "M4 12L20 4l-5 16-4-6zM11 14l9-10",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  camera: "M3 7h11v10H3zM14 11l7-4v10l-7-4",
  cameraOff: "M4 4l16 16M10 7h4v4m0 3v3H3V7h3M14 11l7-4v10l-4-2.300",
  screen: "M3 5h18v11H3zM8 20h8M12 13V8.500M9.500 10.500L12 8l2.500 2.500",
  expand: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  shrink: "M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5",
  remove: "M6 6l12 12M18 6L6 18",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
