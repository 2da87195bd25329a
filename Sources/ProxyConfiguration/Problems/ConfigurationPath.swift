/// The way to a value through the document, as messages show it.
struct ConfigurationPath: Equatable {
    private var components: [String] = []
    private var text = ""

    /// The document as a whole.
    static let root = ConfigurationPath()

    private init() {}

    /// A path of one key.
    init(_ key: String) {
        self = ConfigurationPath.root.appending(key)
    }

    /// The way to a member of the value. The name of a server is masked after its first slash: it may be a token. So is
    /// that of a group, for people who take the one for the other.
    func appending(_ key: String) -> ConfigurationPath {
        let shown = Self.isServerList(components) ? ServerName.redacted(key) : key
        var path = self
        path.components.append(key)
        path.text += Self.isPlain(shown) ? (text.isEmpty ? shown : ".\(shown)") : "[\(Self.quoted(shown))]"
        return path
    }

    /// The way to an element of the value.
    func appending(index: Int) -> ConfigurationPath {
        var path = self
        path.components.append("\(index)")
        path.text += "[\(index)]"
        return path
    }

    /// The keys from the document to the value.
    var keys: [String] { components }

    /// Whether the value is that of another path, or stands somewhere within it.
    func isWithin(_ other: ConfigurationPath) -> Bool { components.starts(with: other.components) }

    /// The last key, or the empty text.
    var lastKey: String { components.last ?? "" }

    /// Whether this leads to a text in which `{name}` stands for a parameter. Keys may be written in any case.
    var isTemplateText: Bool {
        let lowered = components.map { $0.lowercased() }
        return lowered.starts(with: ["mcpproxy", "management", "templates"]) && lowered.count == 6
            && ["args", "env"].contains(lowered[4])
    }

    private static func isServerList(_ components: [String]) -> Bool {
        let lowered = components.map { $0.lowercased() }
        return [["mcpservers"], ["clients"], ["mcpproxy", "groups"]].contains(lowered)
    }

    private static func isPlain(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= 64
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_-/*@${}".utf8.contains(byte)
                }
            }
    }

    /// A text for a terminal or a log, without what could steer either; lines stay.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\n" }) else {
            return text
        }
        return text.unicodeScalars.reduce(into: "") { printable, scalar in
            printable +=
                scalar.properties.generalCategory == .control && scalar != "\n"
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }

    /// The key in quotation marks, shortened and without control characters, which could forge lines of a log.
    static func quoted(_ key: String) -> String {
        "\"\(shown(key))\""
    }

    /// The same without the quotation marks.
    static func shown(_ key: String) -> String {
        var text = ""
        for (offset, scalar) in key.unicodeScalars.enumerated() {
            guard offset < 64 else {
                text += "…"
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                text += scalar == "\"" ? "\\\"" : String(scalar)
            }
        }
        return text
    }
}

extension ConfigurationPath: CustomStringConvertible {
    var description: String { text }
}
