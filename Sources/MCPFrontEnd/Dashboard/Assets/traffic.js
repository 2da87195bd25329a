// The requests of clients as they end: a timeline, newest first.

import { stream } from "./api.js";
import { confirm } from "./dialog.js";
import { alert, button, cut, fill, foreign, h, say } from "./dom.js";
import { events } from "./events.js";
import { number, seconds } from "./format.js";
import { recorder } from "./recording.js";
import { openRequest } from "./request.js";
import { Rows } from "./rows.js";
import { toolPlace } from "./tools.js";

// So many are in the page, the newest ones.
const kept = 1000;
const columns = ["Time", "Server", "Method", "Tool", "Client", "Took", "Outcome", "Request"];
const searched = ["server", "route", "method", "tool", "client", "principal", "outcome", "reason", "request"];
const kinds = { ok: "good", cancelled: "off", tool_error: "bad", error: "bad", timeout: "bad", unavailable: "bad" };

/** Shows them, until what it gives is called. */
export function trafficView(main) {
  const filter = h("input", {
    type: "search", "aria-label": "Filter requests", placeholder: "Server, tool, client, outcome …", autocomplete: "off", spellcheck: "false",
  });
  const pause = h("button", { type: "button", "aria-pressed": "false" }, "Pause");
  // What changes with every request is heard by nobody who does not look for it; whether it is live is said once.
  const state = h("p", { class: "summary", role: "status" }, "Loading …");
  const summary = h("p", { class: "summary" });
  const message = h("div", {});
  const recorded = h("p", { class: "summary", hidden: true });
  const record = button("Record", switchRecording, { title: "Keeps the messages of requests, without what looks like a secret, for ten minutes at most" });
  const keep = button("Download recording", () => save(recording.current.lines, `recording-${recording.current.id}.jsonl`), { hidden: true });
  const recording = recorder(drawRecording);
  const nothing = h("p", { class: "state", hidden: true });
  const rows = new Rows("Requests, the newest first", 44, ({ request }) => row(request, () => openRequest(request, recording.current.messages.get(request.request))));
  const heads = h("div", { class: "heads traffic", "aria-hidden": "true" }, columns.map((words) => h("span", {}, words)));
  fill(
    main,
    h("div", { class: "title" }, h("h1", {}, "Traffic"), filter, pause,
      record, button("Download", download, { title: "What is shown, as JSON lines" }), keep),
    message, state, recorded, summary, heads, rows.element, nothing,
  );

  let [all, waiting] = [[], []];
  let [last, missed, count, first] = [0, 0, 0, true];
  let isPaused = false;
  let [controller, timer, frame] = [undefined, undefined, 0];

  function draw() {
    frame = 0;
    if (!isPaused) {
      all = [...waiting.reverse(), ...all].slice(0, kept);
      waiting = [];
    }
    const found = shown();
    rows.show(found.map((request) => ({ key: request.key, request })));
    nothing.hidden = found.length > 0;
    heads.hidden = found.length === 0;
    say(nothing, all.length === 0 ? "Nothing has been asked since this page was opened." : "No request fits.");
    say(summary, words(found.length, all.length, isPaused ? waiting.length : 0, missed));
  }

  function shown() {
    const wanted = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((request) => wanted.every((word) => request.text.includes(word)));
  }

  function take(request) {
    last = request.number;
    // Its number is no key: with a proxy that was started anew they begin again.
    request.key = ++count;
    request.text = searched.map((name) => request[name] ?? "").join(" ").toLowerCase();
    waiting.push(request);
    if (waiting.length > kept) waiting.shift();
    frame ||= requestAnimationFrame(draw);
  }

  async function follow() {
    clearTimeout(timer);
    controller?.abort();
    if (document.hidden) return;
    const own = (controller = new AbortController());
    try {
      const headers = last > 0 ? { "Last-Event-ID": String(last) } : {};
      const body = await stream("api/traffic?follow=true", { signal: own.signal, headers });
      say(state, "Live");
      if (first) draw();
      first = false;
      for await (const event of events(body)) {
        if (own.signal.aborted) return;
        const data = JSON.parse(event.data);
        if (event.event === "dropped") missed += data.count;
        else take(data);
      }
    } catch (error) {
      if (own.signal.aborted) return;
      say(state, `Not live: ${cut(error.message, 200)}`);
    }
    if (!own.signal.aborted) timer = setTimeout(follow, 2000);
  }

  function download() {
    save(shown().map(({ text, key, ...request }) => `${JSON.stringify(request)}\n`), "mcp-proxy-traffic.jsonl");
  }

  function drawRecording(current) {
    const { isRunning, lines } = current;
    say(record, isRunning ? "Stop recording" : "Record");
    keep.hidden = lines.length === 0;
    say(recorded, recordingWords(current));
    recorded.hidden = recorded.textContent === "";
  }

  async function switchRecording() {
    fill(message);
    try {
      const { isRunning, isOwn } = recording.current;
      if (isRunning && !isOwn) confirm("Stop recording?", "It was begun elsewhere, and is forgotten there, too.", "Stop recording", recording.stop);
      else await (isRunning ? recording.stop() : recording.begin());
    } catch (error) {
      fill(message, alert(error));
    }
  }

  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    draw();
  });
  filter.addEventListener("input", draw);
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    controller?.abort();
    recording.end();
    rows.end();
  };
}

function save(lines, name) {
  const link = h("a", { href: URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function recordingWords({ id, server, lines, isRunning, trouble }) {
  if (id === undefined) return "";
  if (trouble) return `Recording ${id} cannot be read: ${cut(trouble.message, 200)}`;
  const what = `${number(lines.length)} lines${server === undefined ? "" : ` of ${cut(server, 80)}`}, without what looks like a secret`;
  return isRunning ? `Recording: ${what}. Open a request by its time.` : `Recorded: ${what}. Open a request by its time.`;
}

function words(shown, all, waiting, missed) {
  return [
    shown === all ? `${number(all)} ${all === 1 ? "request" : "requests"}` : `${number(shown)} of ${number(all)} requests`,
    waiting > 0 && `${number(waiting)} more since it was paused`,
    missed > 0 && `${number(missed)} missed, because there were too many at once`,
  ].filter(Boolean).join(" · ");
}

function toolOf({ server, tool }) {
  const name = foreign(tool, 80);
  return server === undefined ? name : h("a", { href: toolPlace({ server, name: tool }) }, name);
}

function row(request, open) {
  const cell = (name, label, ...children) => h("span", { class: `cell ${name}` }, h("span", { class: "heard" }, `${label}: `), ...children);
  const who = [request.client, request.principal].filter(Boolean);
  const element = h(
    "div", {},
    h(
      "div", { class: "line traffic" },
      cell("when", "Time", h("button", { type: "button", class: "link", onclick: open, title: "Open this request" },
        h("time", { datetime: request.time }, new Date(request.time).toLocaleTimeString("en", { hour12: false })))),
      cell("name", "Server", foreign(request.server ?? request.route, 80)),
      cell("method", "Method", foreign(request.method, 60)), cell("tool", "Tool", request.tool !== undefined && toolOf(request)),
      cell("client", "Client", ...who.flatMap((name, place) => [place > 0 && h("span", { class: "minor" }, " · "), foreign(name, 60)])),
      cell("took", "Took", seconds(request.ms / 1000)),
      cell("outcome", "Outcome", h("span", { class: "status", "data-kind": kinds[request.outcome] ?? "wait" },
        h("span", { class: "dot", "aria-hidden": "true" }),
        h("span", {}, request.reason && request.reason !== request.outcome ? `${request.outcome}, ${request.reason}` : request.outcome))),
      cell("id", "Request", h("code", {}, foreign(request.request, 40))),
    ),
  );
  return { element, update() {} };
}
