import MCPCore
import NIOCore

/// Writes the arguments of a tool as an audit may keep them.
struct ArgumentMask: Sendable {
    /// What stands in the place of a value.
    private static let mark = "***"
    /// What names of secrets have in them, without marks between words and in small letters.
    private static let secretNames = [
        "password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey", "privatekey",
        "authorization", "credential", "cookie", "bearer", "signature", "otp", "pincode", "jwt",
    ]

    let arguments: AuditRules.Arguments
    /// The tokens of the proxy itself.
    var secrets: [String] = []

    /// The arguments on one line; nil where none are kept.
    func masked(_ arguments: JSONView) -> ByteBuffer? {
        switch self.arguments {
        case .none: return nil
        case .full:
            var bytes = arguments.bytes
            bytes.blankLineBreaks()
            return bytes
        case .redacted:
            var bytes = ByteBuffer()
            write(arguments, to: &bytes)
            return ByteBuffer(string: SecretMask.hiding(secrets, in: String(buffer: bytes)))
        }
    }

    private func write(_ value: JSONView, to bytes: inout ByteBuffer) {
        if value.isObject {
            var object = JSONObjectWriter()
            value.forEachMember { name, member in
                if Self.isSecret(name) {
                    object.add(name, Self.mark)
                } else {
                    var written = ByteBuffer()
                    write(member, to: &written)
                    object.add(name, json: written)
                }
            }
            bytes.writeImmutableBuffer(object.finished)
        } else if value.isArray {
            bytes.writeStaticString("[")
            var isFirst = true
            value.forEachElement { element in
                if !isFirst { bytes.writeStaticString(",") }
                isFirst = false
                write(element, to: &bytes)
            }
            bytes.writeStaticString("]")
        } else if let text = value.string, Self.isToken(text) {
            bytes.writeJSONString(Self.mark)
        } else {
            bytes.writeImmutableBuffer(value.bytes)
        }
    }

    /// Whether what has this name is likely to be a secret.
    static func isSecret(_ name: String) -> Bool {
        let plain = String(decoding: name.lowercased().utf8.filter { !Array("-_ .".utf8).contains($0) }, as: UTF8.self)
        return secretNames.contains { plain.contains($0) }
    }

    /// Whether a text is a token whatever it is called: one for a header, or a signed one.
    private static func isToken(_ text: String) -> Bool {
        let beginning = text.prefix(7).lowercased()
        return beginning == "bearer " || text.hasPrefix("eyJ") && text.utf8.count { $0 == UInt8(ascii: ".") } >= 2
    }
}
