// Asks the management API, as whoever has signed in.

/** Where the proxy is, with a slash at the end: the page is one level below it. */
export const base = new URL("../", location.href);

/** What the proxy says no with. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `the proxy has answered ${status}`);
    this.status = status;
    this.kind = body?.type?.split("/").pop();
    this.problems = body?.problems;
    this.stderr = body?.stderr;
  }
}

const key = "mcp-proxy-token";
let token = sessionStorage.getItem(key) ?? "";
let whenRefused = () => {};

export const session = {
  get token() {
    return token;
  },
  /** Takes a token; it is kept with the tab only if somebody wants that. */
  take(text, isKept) {
    token = text;
    if (isKept) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  },
  forget() {
    token = "";
    sessionStorage.removeItem(key);
  },
  /** Calls back when what was accepted is accepted no more. */
  onRefusal(body) {
    whenRefused = body;
  },
};

export function authorization(own = token) {
  return own ? { Authorization: `Bearer ${own}` } : {};
}

function problem(response, text) {
  try {
    return new Problem(response.status, JSON.parse(text));
  } catch {
    return new Problem(response.status);
  }
}

async function request(path, { method = "GET", body, signal, headers = {}, keepsSession = false } = {}) {
  const asked = token;
  const response = await fetch(new URL(path, base), {
    method,
    signal,
    headers: { ...authorization(), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
  });
  if (response.ok) return response;
  const error = problem(response, await response.text());
  // A client with a name that may not read any more finds nothing where the API is.
  const isHidden = error.kind === "forbidden" || (error.kind === "unknown-path" && path === "api/servers");
  const isOver = response.status === 401 || (method === "GET" && isHidden);
  if (isOver && !keepsSession && asked === token) whenRefused(error);
  throw error;
}

export async function get(path, options) {
  return (await request(path, options)).json();
}

export async function text(path, options) {
  return (await request(path, options)).text();
}

export async function change(method, path, body, options) {
  return (await request(path, { ...options, method, body })).json();
}

export async function stream(path, options) {
  return (await request(path, { ...options, headers: { ...options.headers, Accept: "text/event-stream" } })).body;
}

/** The path of a server in the API; slashes of its name stay. */
export function serverPath(name, action) {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `api/servers/${path}${action ? `/${action}` : ""}`;
}
