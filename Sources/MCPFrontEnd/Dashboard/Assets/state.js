// What is known of all servers, asked for while somebody looks, and told to the view that is open.

import { Problem, get, text } from "./api.js";
import { History, read } from "./metrics.js";
import { poll } from "./poll.js";

const listeners = new Set();
let polls = [];

/** The servers by name, as the API tells them; undefined before the first answer. */
export let servers;
export let history = new History();
/** Why there are no metrics; undefined where there are. */
export let metricsFault;
const elsewhere = "they are at an address of their own (mcpProxy.metrics.addr), which this page cannot read";

export const watch = {
  /** - notice: is told in words whether the proxy answers. */
  begin(notice) {
    watch.end();
    polls = [
      poll(async (signal) => {
        try {
          servers = new Map(Object.entries((await get("api/servers", { signal })).servers));
          notice("");
        } catch (error) {
          if (!signal.aborted && !(error instanceof Problem)) notice("The proxy does not answer. Trying again …");
          throw error;
        }
        tell();
      }, 2000),
      poll(async (signal) => {
        // Where they are not here, they do not come while the page is open.
        if (metricsFault === elsewhere) return;
        try {
          history.take(read(await text("metrics", { signal })), performance.now() / 1000);
          metricsFault = undefined;
        } catch (error) {
          metricsFault = error.status === 404 ? elsewhere : error.message;
          throw error;
        } finally {
          tell();
        }
      }, 4000),
    ];
  },
  /** Forgets everything. */
  end() {
    for (const each of polls) each.end();
    polls = [];
    servers = undefined;
    metricsFault = undefined;
    history = new History();
  },
  /** Asks at once, because something was changed. */
  now() {
    for (const each of polls) each.now();
  },
  /** Calls back at each answer; gives what ends that. */
  listen(body) {
    listeners.add(body);
    return () => listeners.delete(body);
  },
};

function tell() {
  for (const body of listeners) body();
}
