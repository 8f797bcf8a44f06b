import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { bridgePath } from "./session/bridge-path.ts";
import { MeetingSession } from "./session/meeting-session.ts";
import "./style.css";
import { textsFor } from "./texts/index.ts";

const texts = textsFor(navigator.languages);
document.documentElement.lang = texts.lang;

const meeting = new MeetingSession();
effect(() => {
  document.title = meeting.session.value?.room.name ?? texts.title;
});
// Another link in the same tab opens another meeting.
addEventListener("hashchange", () => location.reload());
render(<App meeting={meeting} texts={texts} />, document.getElementById("page")!);
void meeting.open();

if ("serviceWorker" in navigator)
  void navigator.serviceWorker.register(bridgePath("/join/sw.js")).catch(() => {});
