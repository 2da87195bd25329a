// What a server has said and what happened to it, as it happens.

import { serverPath, stream } from "./api.js";
import { fill, foreign, h, say } from "./dom.js";
import { events } from "./events.js";

const most = 300;

/** {element, end}. While the tab is hidden nothing is followed. */
export function liveLog(name) {
  const lines = h("ol", { class: "log", "aria-label": "Log", tabindex: "0" });
  const state = h("p", { class: "minor", role: "status" }, "Loading …");
  const element = h("section", {}, h("h2", {}, "Log"), state, lines);
  let controller;
  let last = 0;
  let timer;

  function add(entry) {
    const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
    lines.append(h(
      "li", { "data-kind": entry.kind },
      h("time", { datetime: entry.time }, new Date(entry.time).toLocaleTimeString("en", { hour12: false })), foreign(entry.text, 2000),
    ));
    while (lines.childElementCount > most) lines.firstChild.remove();
    if (isAtEnd) lines.scrollTop = lines.scrollHeight;
  }

  async function follow() {
    clearTimeout(timer);
    controller?.abort();
    if (document.hidden) return;
    const own = (controller = new AbortController());
    try {
      const body = await stream(`${serverPath(name, "logs")}?follow=true`, { signal: own.signal });
      say(state, "Live");
      for await (const event of events(body)) {
        if (own.signal.aborted) return;
        if (event.event === "end") {
          // It is another one from now on, or there is none any more, which the next answer tells.
          last = 0;
          break;
        }
        const entry = JSON.parse(event.data);
        if (entry.number <= last) continue;
        last = entry.number;
        add(entry);
      }
    } catch (error) {
      if (own.signal.aborted) return;
      say(state, `Not live: ${error.message}`);
      if (error.status === 404) {
        say(state, "The server has gone.");
        return;
      }
    }
    if (!own.signal.aborted) timer = setTimeout(follow, 2000);
  }

  document.addEventListener("visibilitychange", follow);
  follow();
  return {
    element,
    end() {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(timer);
      controller?.abort();
      fill(lines);
    },
  };
}
