import MCPCore
import NIOCore

/// The arguments of a tool, from a command line.
struct ToolArguments {
    private enum Kind: String {
        case string, number, integer, boolean, array, object, null

        func fits(_ value: JSONView) -> Bool {
            switch self {
            case .string: value.string != nil
            case .number: ToolArguments.isNumber(value)
            case .integer:
                ToolArguments.isNumber(value) && !value.bytes.readableBytesView.contains { ".eE".utf8.contains($0) }
            case .boolean: value.boolean != nil
            case .array: value.isArray
            case .object: value.isObject
            case .null: value.isNull
            }
        }
    }

    /// Each as `key=value`, with a key.
    let pairs: [String]

    /// Whether a text has the form of a pair.
    static func isPair(_ text: String) -> Bool {
        text.contains("=") && !text.hasPrefix("=")
    }

    /// The object that is sent.
    ///
    /// - Parameter schema: The `inputSchema` of the tool; it says what is text and what is JSON.
    func json(for schema: JSONView?) throws(CommandFailure) -> ByteBuffer {
        var object = ByteBuffer(string: "{")
        var seen: Set<String> = []
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard seen.insert(parts[0]).inserted else { throw CommandFailure("\"\(parts[0])\" is given twice") }
            if object.readableBytes > 1 { object.writeString(",") }
            object.writeJSONString(parts[0])
            object.writeString(":")
            object.writeImmutableBuffer(try value(parts[1], of: parts[0], schema?["properties"]?[parts[0]]))
        }
        object.writeString("}")
        return object
    }

    private func value(_ text: String, of key: String, _ schema: JSONView?) throws(CommandFailure) -> ByteBuffer {
        var quoted = ByteBuffer()
        quoted.writeJSONString(text)
        let types = schema?["type"].map { type in type.string.map { [$0] } ?? type.elements.compactMap(\.string) } ?? []
        let kinds = types.compactMap(Kind.init(rawValue:))
        if kinds == [.string] { return quoted }
        let written = Self.value(text)
        guard !kinds.isEmpty else {
            guard let written, written.string == nil else { return quoted }
            return written.bytes
        }
        if let written, kinds.contains(where: { $0 != .string && $0.fits(written) }) { return written.bytes }
        guard kinds.contains(.string) else {
            let wanted = kinds.map(\.rawValue).joined(separator: " or ")
            let hint = kinds.contains(.array) || kinds.contains(.object) ? ", written as JSON" : ""
            throw CommandFailure("\"\(key)\" must be \(wanted)\(hint); \"\(text.prefix(60))\" is not")
        }
        return quoted
    }

    /// The text as JSON, if it is that.
    private static func value(_ text: String) -> JSONView? {
        // What is no JSON is text, or refused with words of its own.
        (try? JSONText(scanning: ByteBuffer(string: text)))?.root
    }

    private static func isNumber(_ value: JSONView) -> Bool {
        value.bytes.readableBytesView.first.map { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) } ?? false
    }
}
