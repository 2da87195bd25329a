// One server: what it is, how it does, what it has said, and what can be done with it.

import { change, get, serverPath } from "./api.js";
import { confirm, dialog } from "./dialog.js";
import { alert, block, button, cut, fill, foreign, h, say } from "./dom.js";
import { age, bytes, number, percent, rate, seconds } from "./format.js";
import { liveLog } from "./log.js";
import { approvals } from "./pins.js";
import { plot } from "./plot.js";
import { poll } from "./poll.js";
import { history, watch } from "./state.js";
import { status } from "./status.js";

/** Shows it, until what it gives is called. */
export function serverView(main, name) {
  const message = h("div", {});
  const state = status();
  const [facts, problems, stderr] = [h("dl", { class: "facts" }), h("div", {}), h("div", {})];
  const buttons = h("div", { class: "buttons" });
  const plots = [
    ["Calls a minute", "calls", rate], ["Errors a minute", "errors", rate], ["p50", "p50", seconds], ["p99", "p99", seconds],
    ["Memory", "memory", bytes], ["CPU", "cpu", percent],
  ].map(([label, key, words]) => ({ label, key, words, value: h("strong", {}), ...plot() }));
  const log = liveLog(name);
  const pins = approvals(name, { done: () => again.now() });
  let withheld;
  fill(
    main,
    h("p", { class: "path" }, h("a", { href: "#/servers" }, "Servers")),
    h("div", { class: "title" }, h("h1", {}, foreign(name)), state.element, buttons),
    message, problems, pins.element,
    h("div", { class: "plots" }, plots.map(({ label, value, element }) => h("figure", {}, h("figcaption", {}, label, value), element))),
    facts, stderr, log.element,
  );
  let shown = "";

  async function act(action, words) {
    fill(message, h("p", { role: "status" }, words));
    try {
      const answer = await change("POST", serverPath(name, action));
      fill(message, h("p", { role: "status" }, foreign(answer.message, 400)));
    } catch (error) {
      fill(message, alert(error));
    }
    again.now();
    watch.now();
  }

  function actions(server) {
    const isOff = server.state === "disabled";
    return [
      isOff ? button("Enable", () => act("enable", "Starting …")) : button("Restart", () => act("restart", "Restarting …")),
      !isOff && button("Disable", () => act("disable", "Waiting for its calls to end …")),
      server.login && !server.login.byItself && button(server.login.needed ? "Log in" : "Log in again", () => logIn(name), { class: "main" }),
      server.login && !server.login.byItself && !server.login.needed && button("Log out", () => act("logout", "Logging out …")),
      button("Remove", () => remove(name), { class: "quiet danger" }),
    ];
  }

  function show(server) {
    state.show(server);
    const kept = JSON.stringify(server.withheld ?? null);
    if (kept !== withheld) pins.load();
    withheld = kept;
    const text = JSON.stringify([server.state, server.login]);
    if (text !== shown) fill(buttons, actions(server));
    shown = text;
    fill(problems, faults(server));
    fill(facts, factsOf(server).filter(([, value]) => value).map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value))));
    fill(stderr, server.stderr?.length > 0 && [h("h2", {}, "Last words on standard error"), block(server.stderr.join("\n"), 20000)]);
  }

  const again = poll(async (signal) => {
    try {
      show(await get(serverPath(name), { signal }));
    } catch (error) {
      if (error.status !== 404) throw error;
      fill(buttons);
      shown = "";
      fill(problems, alert("There is no such server any more."));
      fill(facts);
      state.show({ state: "gone" });
    }
  }, 2000);

  function draw() {
    const points = history.points(name);
    for (const each of plots) {
      each.show(points.map((point) => point[each.key]));
      say(each.value, each.words(points[points.length - 1]?.[each.key]));
    }
  }

  const leave = watch.listen(draw);
  draw();

  return () => {
    again.end();
    leave();
    log.end();
    pins.end();
  };
}

function faults(server) {
  return [
    ["It does not run", server.error], ["A call has failed", server.callError], ["Waits", server.pendingChange],
    ["Note", server.note], ["Not approved", server.withheld?.words], ["Callers have to send", server.headersNeeded?.join(", ")],
    ["Log in", typeof server.login?.needed === "string" ? server.login.needed : undefined],
    [
      "Calls fail at once",
      server.circuit && `it has failed ${server.circuit.failures} times in a row: ${server.circuit.error ?? ""}`,
    ],
  ].filter(([, words]) => words).map(([label, words]) =>
    h("p", { class: "fault" }, h("strong", {}, `${label === "It does not run" && server.state === "ready" ? "It failed before" : label}: `), foreign(cut(words, 2000), 2000)));
}

function factsOf(server) {
  const said = (text) => text && foreign(text, 200);
  return [
    ["In this state for", age(server.since)], ["Transport", said(server.transport)],
    ["Era", server.era && `${server.era}${server.protocolVersion ? ` (${cut(server.protocolVersion)})` : ""}`],
    ["From", said(server.source)], ["Path", said(server.path)],
    ["Tools", server.tools !== undefined && h("a", { href: `#/tools/${encodeURIComponent(server.name)}` }, number(server.tools))],
    ["Prompts", server.prompts !== undefined && number(server.prompts)],
    ["Resources", server.resources !== undefined && number(server.resources)], ["Calls", number(server.calls)],
    ["Under way", number(server.callsInFlight)], ["Restarts", number(server.restarts)],
    ["Process", server.processID && String(server.processID)], ["Logged in as", said(server.login?.account)],
  ];
}

async function logIn(name) {
  const { body, close } = dialog("Log in");
  try {
    const { url } = await change("POST", serverPath(name, "login"), {});
    const target = new URL(url);
    if (!["http:", "https:"].includes(target.protocol)) throw new Error("The address of the login is none of the web.");
    fill(body, h("p", {}, "The login goes on in a page of its own. The link counts once, and for ten minutes."),
      h("div", { class: "buttons" },
        h("a", { class: "button main", href: target.href, target: "_blank", rel: "noopener noreferrer" }, "Open the login"),
        button("Close", close)));
  } catch (error) {
    fill(body, alert(error), h("div", { class: "buttons" }, button("Close", close)));
  }
}

function remove(name) {
  confirm(
    "Remove this server?",
    "Its calls finish, its processes end, and its path goes. A server of the configuration file comes back at the next reload.",
    "Remove", async () => {
      await change("DELETE", serverPath(name));
      watch.now();
      location.hash = "#/servers";
    });
}
