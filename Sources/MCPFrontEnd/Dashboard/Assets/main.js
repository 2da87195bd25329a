// Signs in, then shows the view that the address names: #/servers, #/servers/NAME, #/tools/SERVER/NAME …

import { Problem, get, session } from "./api.js";
import { fill, h, say } from "./dom.js";
import { groupsView } from "./groups.js";
import { forgetRecording } from "./recording.js";
import { serverView } from "./server.js";
import { serversView } from "./servers.js";
import { settingsView } from "./settings.js";
import { signIn } from "./signin.js";
import { watch } from "./state.js";
import { toolView } from "./tool.js";
import { toolsView } from "./tools.js";
import { trafficView } from "./traffic.js";

const views = { servers: "Servers", tools: "Tools", groups: "Groups", traffic: "Traffic", settings: "Settings" };
const [bar, tabs, out, notice, main] = ["bar", "tabs", "leave", "notice", "main"].map((id) => document.getElementById(id));

let closeView = () => {};
let isIn = false;

function place() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  return name in views ? [name, ...rest] : ["servers"];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function open() {
  if (!isIn) return;
  const [name, first, second] = place();
  for (const link of tabs.children) {
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${views[name]} – mcp-proxy`;
  closeView();
  scrollTo(0, 0);
  fill(main);
  if (name === "servers") closeView = first ? serverView(main, first) : serversView(main);
  else if (name === "tools") closeView = second !== undefined ? toolView(main, first, second) : toolsView(main, first);
  else closeView = { groups: groupsView, traffic: trafficView, settings: settingsView }[name](main);
}

async function enter() {
  // What tells more than the overview that strangers may see.
  await get("api/groups", { keepsSession: true });
  isIn = true;
  bar.hidden = false;
  out.hidden = !session.token;
  fill(tabs, Object.entries(views).map(([name, words]) => h("a", { href: `#/${name}` }, words)));
  watch.begin((words) => say(notice, words));
  open();
}

function leave(words) {
  isIn = false;
  closeView();
  closeView = () => {};
  watch.end();
  forgetRecording();
  for (const each of document.querySelectorAll("dialog")) each.close();
  session.forget();
  bar.hidden = true;
  document.title = "Sign in – mcp-proxy";
  say(notice, "");
  fill(main);
  signIn(main, enter, words);
}

session.onRefusal(() =>
  leave("The proxy does not accept this token any more: it was withdrawn, has ended, or may do less than before. Sign in with another one."),
);
out.addEventListener("click", () => leave());
addEventListener("hashchange", () => {
  open();
  main.focus({ preventScroll: true });
});

enter().catch((error) => {
  const isStranger = error instanceof Problem && error.status === 401 && !session.token;
  leave(isStranger ? undefined : error.message);
});
