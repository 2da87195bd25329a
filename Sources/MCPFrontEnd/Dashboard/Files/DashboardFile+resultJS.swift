// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let resultJS: StaticString = #"""
        // What a call has come to.

        import { bytes } from "./format.js";
        import { block, foreign, h } from "./dom.js";

        const images = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"]);

        /** - time: how long it took, in words. */
        export function resultOf(answer, time) {
          const content = Array.isArray(answer.content) ? answer.content.slice(0, 200) : [];
          return [
            h("h2", {}, answer.isError ? "The tool has failed" : "Result", h("span", { class: "minor" }, ` after ${time}`)),
            h("div", { class: answer.isError ? "blocks failed" : "blocks", role: answer.isError ? "alert" : undefined }, content.map(part)),
            content.length === 0 && answer.structuredContent === undefined && h("p", { class: "minor" }, "It has no content."),
            answer.structuredContent !== undefined && [h("h3", {}, "Structured content"), block(JSON.stringify(answer.structuredContent, null, 2))],
            h("details", {}, h("summary", {}, "All of it as JSON"), block(JSON.stringify(answer, null, 2))),
          ].flat();
        }

        function part(each) {
          if (each?.type === "text") return block(each.text);
          if (each?.type === "image") return image(each);
          if (each?.type === "audio") return h("p", { class: "minor" }, `Audio (${each.mimeType ?? "unknown"}), ${bytes(size(each.data))}`);
          if (each?.type === "resource_link") return h("p", {}, "Resource: ", foreign(each.title ?? each.name, 200), " ", h("code", {}, foreign(each.uri, 500)));
          if (each?.type === "resource") return resource(each.resource ?? {});
          return block(JSON.stringify(each, null, 2));
        }

        function resource(each) {
          const body = each.text !== undefined
            ? block(each.text)
            : images.has(each.mimeType) ? image({ data: each.blob, mimeType: each.mimeType }) : h("p", { class: "minor" }, bytes(size(each.blob)));
          return h("figure", { class: "block" }, h("figcaption", {}, h("code", {}, foreign(each.uri, 500)), " ", foreign(each.mimeType, 60)), body);
        }

        /** An image runs no script, also where it is SVG. */
        function image({ data, mimeType }) {
          if (!images.has(mimeType) || !/^[A-Za-z0-9+/=\s]*$/.test(data ?? "")) return h("p", { class: "minor" }, "An image that cannot be shown: ", foreign(mimeType, 60));
          return h("img", { src: `data:${mimeType};base64,${data}`, alt: `An image of the tool’s (${mimeType})` });
        }

        function size(base64) {
          return Math.floor(((base64 ?? "").length * 3) / 4);
        }

        """#
}
