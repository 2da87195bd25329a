// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let metricsJS: StaticString = #"""
        // Reads the text of /metrics, and makes of two readings what happens per minute.

        const kept = 60;
        // What is a call, and what has failed, as `mcp-proxy top` has it.
        const calls = new Set(["tools/call", "resources/read", "prompts/get"]);
        const failed = new Set(["error", "tool_error", "timeout", "unavailable"]);
        const wanted = [
          "mcp_proxy_requests_total", "mcp_proxy_request_seconds_bucket", "mcp_proxy_upstream_process_memory_bytes",
          "mcp_proxy_upstream_process_cpu_seconds_total",
        ];

        /** The labels of one line. */
        function labels(text) {
          const found = {};
          const pattern = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
          for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
            found[match[1]] = match[2].replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter));
          }
          return found;
        }

        /** What there is of each server at one moment: {name: {calls, errors, buckets, memory, cpu}}. */
        export function read(page) {
          const servers = new Map();
          for (const line of page.split("\n")) {
            const family = wanted.find((name) => line.startsWith(name) && line[name.length] === "{");
            if (!family) continue;
            const end = line.lastIndexOf("}");
            const named = labels(line.slice(family.length + 1, end));
            const value = Number(line.slice(end + 1).trim().split(" ")[0]);
            if (named.server === undefined || Number.isNaN(value)) continue;
            if (!servers.has(named.server)) servers.set(named.server, { calls: 0, errors: 0, buckets: new Map() });
            const server = servers.get(named.server);
            if (named.method !== undefined && !calls.has(named.method)) continue;
            if (family === wanted[0]) {
              server.calls += value;
              if (failed.has(named.outcome)) server.errors += value;
            } else if (family === wanted[1]) {
              const bound = named.le === "+Inf" ? Infinity : Number(named.le);
              server.buckets.set(bound, (server.buckets.get(bound) ?? 0) + value);
            } else if (family === wanted[2]) server.memory = value;
            else server.cpu = value;
          }
          return servers;
        }

        /** The time below which a share of the requests were, from how many are in each class. */
        export function quantile(share, buckets) {
          const bounds = [...buckets.keys()].sort((a, b) => a - b);
          const all = bounds.length > 0 ? buckets.get(bounds[bounds.length - 1]) : 0;
          if (!(all > 0)) return undefined;
          let [lower, below] = [0, 0];
          for (const bound of bounds) {
            const count = buckets.get(bound);
            if (count >= share * all) {
              if (bound === Infinity) return lower;
              return count === below ? bound : lower + ((bound - lower) * (share * all - below)) / (count - below);
            }
            [lower, below] = [bound, count];
          }
          return lower;
        }

        /** Keeps the last readings of each server. */
        export class History {
          #last = new Map();
          #time;
          #points = new Map();

          /** Takes a reading of a moment in seconds. */
          take(servers, time) {
            const passed = this.#time === undefined ? 0 : time - this.#time;
            for (const name of this.#points.keys()) if (!servers.has(name)) this.#points.delete(name);
            for (const [name, now] of servers) {
              const before = this.#last.get(name);
              const points = this.#points.get(name) ?? [];
              points.push(before && passed > 0 ? between(before, now, passed) : { memory: now.memory });
              if (points.length > kept) points.shift();
              this.#points.set(name, points);
            }
            this.#last = servers;
            this.#time = time;
          }

          points(name) {
            return this.#points.get(name) ?? [];
          }

          total(name) {
            return this.#last.get(name);
          }
        }

        function between(before, now, passed) {
          const buckets = new Map();
          for (const [bound, count] of now.buckets) buckets.set(bound, count - (before.buckets.get(bound) ?? 0));
          const known = [...buckets.values()].some((count) => count > 0) ? buckets : undefined;
          return {
            calls: Math.max(0, ((now.calls - before.calls) * 60) / passed),
            errors: Math.max(0, ((now.errors - before.errors) * 60) / passed),
            p50: known && quantile(0.5, known),
            p99: known && quantile(0.99, known),
            memory: now.memory,
            cpu: now.cpu === undefined || before.cpu === undefined ? undefined : Math.max(0, (now.cpu - before.cpu) / passed),
          };
        }

        """#
}
