// One request: what is known of it, and its messages on both sides, where they were recorded.

import { dialog } from "./dialog.js";
import { block, button, foreign, h } from "./dom.js";
import { bytes, seconds } from "./format.js";

const longest = 65536;
const ways = {
  "client in": "Client → proxy", "upstream out": "Proxy → server", "upstream in": "Server → proxy", "client out": "Proxy → client",
};

/** - messages: the lines of a recording that belong to it. */
export function openRequest(request, messages = []) {
  const facts = [
    ["Time", new Date(request.time).toLocaleString("en", { hour12: false })], ["Server", request.server ?? request.route],
    ["Method", request.method], ["Tool", request.tool], ["Client", request.client], ["Caller", request.principal],
    ["Took", seconds(request.ms / 1000)], ["Outcome", [request.outcome, request.reason].filter(Boolean).join(", ")],
  ].filter(([, value]) => value !== undefined);
  const { element, close } = dialog(
    `Request ${request.request}`,
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, foreign(value, 200))))),
    messages.length > 0
      ? messages.map((message) => part(message, Date.parse(messages[0].time)))
      : h("p", { class: "state" }, "Its messages were not recorded. Press Record, and open a request that comes after that."),
    h("div", { class: "buttons" }, button("Close", () => close())),
  );
  element.classList.add("wide");
}

function part(message, start) {
  const way = ways[`${message.side} ${message.direction}`] ?? `${message.side}, ${message.direction}`;
  const words = [
    message.kind, message.method, message.reason, message.status && `HTTP ${message.status}`, bytes(message.bytes),
    `after ${seconds((Date.parse(message.time) - start) / 1000)}`,
  ].filter(Boolean).join(" · ");
  return h("section", { class: "card" }, h("h3", {}, way), h("p", { class: "minor" }, foreign(words, 300)), content(message));
}

function content({ body, text }) {
  if (body !== undefined) return block(JSON.stringify(body, null, 2), longest);
  return text === undefined ? h("p", { class: "minor" }, "The message itself was not recorded.") : block(text, longest);
}
