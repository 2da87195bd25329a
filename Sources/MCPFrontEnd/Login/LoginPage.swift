import MCPCore
package import NIOCore
package import NIOHTTP1

/// A small page for people. It loads nothing, runs nothing, and can be shown in no frame.
package struct LoginPage: Sendable {
    let status: HTTPResponseStatus
    let title: String
    /// A paragraph each.
    var words: [String]
    /// What is in the form, where there is one: hidden fields, and the words of its button.
    var form: (fields: [(name: String, value: String)], button: String)?

    package static let headers = [
        ("Cache-Control", "no-store"), ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ]

    package init(status: HTTPResponseStatus = .ok, title: String, words: [String] = []) {
        self.status = status
        self.title = title
        self.words = words
    }

    private static let style =
        "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;"
        + "color:#1b1b1b;background:#fff}button{font:inherit;padding:.5rem 1.2rem}"
        + "@media(prefers-color-scheme:dark){body{color:#eee;background:#1b1b1b}}"

    package var html: ByteBuffer {
        var text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escape(title)) – mcp-proxy</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(Self.escape(title))</h1>

            """
        for paragraph in words { text += "<p>\(Self.escape(paragraph))</p>\n" }
        if let form {
            text += "<form method=\"post\">\n"
            for field in form.fields {
                text +=
                    "<input type=\"hidden\" name=\"\(Self.escape(field.name))\" value=\"\(Self.escape(field.value))\">\n"
            }
            text += "<button type=\"submit\">\(Self.escape(form.button))</button>\n</form>\n"
        }
        text += "</main>\n</body>\n</html>\n"
        return ByteBuffer(string: text)
    }

    /// Sends it.
    func send(_ responder: HTTPResponder, _ more: [(String, String)] = []) {
        responder.runNowOrLater { [self] responder in
            responder.respond(status, body: html, mediaType: "text/html; charset=utf-8", Self.headers + more)
        }
    }

    /// Text as it stands in a page, between marks or quotation marks.
    static func escape(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
