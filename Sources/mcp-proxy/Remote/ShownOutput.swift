import ClientFiles
import MCPCore
import NIOCore
import ProxyConfiguration

/// What servers said, as a terminal or a script may get it.
enum ShownOutput {
    /// The text without what could steer a terminal; lines and tabs stay.
    static func printable(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { ShownText.plain(String($0)) }
                .joined(separator: "\t")
        }.joined(separator: "\n")
    }

    /// Writes a text to standard output: as it is, unless somebody looks at it.
    static func write(text: String) throws {
        try StandardOutput.write(StandardOutput.isTerminal ? printable(text) : text)
    }

    /// Writes JSON to standard output: as it came, or laid out for somebody who looks at it.
    static func write(json: ByteBuffer) throws {
        try StandardOutput.write(laidOut(json))
    }

    /// A JSON array of values as they came.
    static func array(_ values: [JSONView]) -> ByteBuffer {
        var array = ByteBuffer(string: "[")
        for (index, value) in values.enumerated() {
            if index > 0 { array.writeString(",") }
            array.writeImmutableBuffer(value.bytes)
        }
        array.writeString("]")
        return array
    }

    /// JSON as it came, or laid out where somebody looks at it.
    static func laidOut(_ json: ByteBuffer) -> String {
        let bytes = Array(json.readableBytesView)
        // It has been read as JSON before; where it cannot be laid out it is shown as it is.
        guard StandardOutput.isTerminal, let node = try? ConfigurationLoader.read(bytes, .json, "the answer") else {
            return String(buffer: json)
        }
        return JSONLayout().text(of: node)
    }

    /// Writes lines to standard output.
    static func write(table lines: [String]) throws {
        try StandardOutput.write(lines.map(ShownText.plain).joined(separator: "\n"))
    }
}
