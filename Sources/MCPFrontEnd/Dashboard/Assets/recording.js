// What passes on both sides of the proxy, while it is recorded: the messages of each request.

import { change, get, stream } from "./api.js";
import { events } from "./events.js";

const seconds = 600;

const none = () => ({ lines: [], messages: new Map(), isRunning: false, isOwn: false });

/** The one that was followed last. It is kept while other views are open. */
let current = none();

/** Lets go of what was recorded: somebody else may sit here next. */
export function forgetRecording() {
  current = none();
}

function take(recording, text) {
  const line = JSON.parse(text);
  recording.lines.push(`${text}\n`);
  if (line.end !== undefined) recording.isRunning = false;
  if (line.request === undefined) return;
  if (!recording.messages.has(line.request)) recording.messages.set(line.request, []);
  recording.messages.get(line.request).push(line);
}

/** Follows what is recorded, whoever has begun it; `changed` is given it after each change, until `end` is called. */
export function recorder(changed) {
  let [timer, controller] = [undefined, undefined];

  async function follow() {
    clearTimeout(timer);
    controller?.abort();
    if (!current.isRunning || document.hidden) return;
    const [own, recording] = [(controller = new AbortController()), current];
    recording.trouble = undefined;
    try {
      const headers = recording.last !== undefined ? { "Last-Event-ID": recording.last } : {};
      const body = await stream(`api/recordings/${recording.id}?follow=true`, { signal: own.signal, headers, keepsSession: true });
      for await (const event of events(body)) {
        if (own.signal.aborted) return;
        if (event.event === "end") recording.isRunning = false;
        else {
          take(recording, event.data);
          recording.last = event.id;
        }
        changed(current);
      }
    } catch (error) {
      if (own.signal.aborted) return;
      recording.trouble = error;
      // Whoever may not read it, or has it no more, need not ask again.
      if (error.status !== undefined) recording.isRunning = false;
    }
    changed(current);
    if (!own.signal.aborted && recording.isRunning) timer = setTimeout(follow, 2000);
  }

  async function find() {
    if (!current.isRunning) {
      try {
        const running = (await get("api/recordings")).recordings.filter(({ ended }) => ended === undefined);
        if (running.length > 0 && !current.isRunning) current = begun(running.at(-1), false);
      } catch {
        // Without it, requests are shown without their messages; the traffic itself says what is wrong.
      }
    }
    changed(current);
    follow();
  }

  document.addEventListener("visibilitychange", follow);
  find();
  return {
    get current() {
      return current;
    },
    async begin() {
      current = begun(await change("POST", "api/recordings", { bodies: "redacted", seconds }), true);
      changed(current);
      follow();
    },
    /** Ends it. What it has is still shown. */
    async stop() {
      const recording = current;
      await change("DELETE", `api/recordings/${recording.id}`);
      recording.isRunning = false;
      changed(current);
    },
    end() {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(timer);
      controller?.abort();
    },
  };
}

function begun({ id, server }, isOwn) {
  return { ...none(), id, server, isRunning: true, isOwn };
}
