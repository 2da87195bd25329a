// A server's state as a sign and a word.

import { h, say } from "./dom.js";

const kinds = { ready: "good", starting: "wait", failed: "bad", disabled: "off" };

/** {element, show(server)}. The shape tells as much as the colour. */
export function status() {
  const word = h("span", {});
  const element = h("span", { class: "status" }, h("span", { class: "dot", "aria-hidden": "true" }), word);
  return {
    element,
    show(server) {
      const kind = server.circuit ? "bad" : server.withheld ? "wait" : kinds[server.state] ?? "wait";
      if (element.dataset.kind !== kind) element.dataset.kind = kind;
      say(word, server.circuit ? `${server.state}, calls fail at once` : server.state);
    },
  };
}
