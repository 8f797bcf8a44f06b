import { render } from "preact";
import { App } from "./app.tsx";
import { Visit } from "./session/visit.ts";
import "./style.css";
import { textsFor } from "./texts/index.ts";

const texts = textsFor(navigator.languages);
document.documentElement.lang = texts.lang;
document.title = texts.title;

const visit = new Visit();
// Another link in the same tab is another visit.
addEventListener("hashchange", () => location.reload());
render(<App visit={visit} texts={texts} />, document.getElementById("page")!);
void visit.open();

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/join/sw.js").catch(() => {});
