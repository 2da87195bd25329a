// Where a tool can be called, and by whom.

import { get } from "./api.js";
import { alert, fill, foreign, h } from "./dom.js";

/** Says it once somebody wants to know. */
export function access(server, tool) {
  const body = h("div", {}, h("p", { role: "status" }, "Loading …"));
  const details = h("details", {}, h("summary", {}, "Who may call it"), body);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    try {
      const query = `server=${encodeURIComponent(server)}&tool=${encodeURIComponent(tool)}`;
      fill(body, content((await get(`api/access?${query}`)).places));
    } catch (error) {
      fill(body, alert(error));
    }
  });
  return details;
}

function content(places) {
  if (places.length === 0) return h("p", {}, "Nobody: it is offered nowhere.");
  return h(
    "div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Who may call it" },
    h("table", {}, h("thead", {}, h("tr", {}, ["Where", "As", "Who"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, places.map((place) => h(
        "tr", {}, h("td", {}, h("code", {}, foreign(`${place.path}mcp`, 200))), h("td", {}, foreign(place.name, 120)),
        h("td", {}, foreign(who(place), 2000)))))),
  );
}

function who({ everybody, clients, tokens, scopes }) {
  const names = [
    ...(everybody ? ["everybody who reaches the proxy"] : []), ...clients, ...tokens.map((name) => `the holder of ${name}`),
    ...scopes.map(({ client, scope }) => `${client} with the scope ${scope}`),
  ];
  return names.join(", ");
}
