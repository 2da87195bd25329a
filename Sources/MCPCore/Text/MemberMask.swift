package import NIOCore

/// Writes JSON without what is secret in it: members whose names say so, texts that are tokens whatever they are called, and
/// secrets that are known, wherever they stand.
package struct MemberMask: Sendable {
    /// What stands in the place of a value.
    package static let mark = "***"
    /// What names of secrets have in them, without marks between words and in small letters.
    private static let secretNames = [
        "password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey", "privatekey",
        "authorization", "credential", "cookie", "bearer", "signature", "otp", "pincode", "jwt",
    ]
    /// Members of the protocol that have such a name and hold no secret.
    private static let protocolNames = ["progressToken"]

    /// Members of a tool's definition that say what its arguments and results are called, and hold none of them.
    private static let schemas = ["inputSchema", "outputSchema"]

    private let secrets: [String]
    private let hidesNamed: Bool
    /// Whether what stands in the schemas of tools is kept where it is an object.
    package var keepsSchemas = false

    /// - Parameters:
    ///   - secrets: What is hidden wherever it stands, such as the tokens of the proxy itself.
    ///   - hidesNamed: Whether members are hidden whose names say that they hold secrets, and texts that look like tokens.
    package init(secrets: [String], hidesNamed: Bool) {
        self.secrets = secrets
        self.hidesNamed = hidesNamed
    }

    /// The value on one line.
    package func masked(_ value: JSONView) -> ByteBuffer {
        var bytes = value.bytes
        guard hidesNamed || mayHoldSecret(bytes) else {
            bytes.blankLineBreaks()
            return bytes
        }
        var written = ByteBuffer()
        write(value, to: &written)
        return written
    }

    /// A text without the secrets that are known.
    package func masked(_ text: String) -> String { secrets.isEmpty ? text : SecretMask.hiding(secrets, in: text) }

    private func mayHoldSecret(_ bytes: ByteBuffer) -> Bool {
        guard !secrets.isEmpty else { return false }
        let text = String(buffer: bytes)
        // An escape may spell a character of a secret.
        return text.utf8.contains(UInt8(ascii: "\\")) || SecretMask.hiding(secrets, in: text) != text
    }

    private func write(_ value: JSONView, inSchema: Bool = false, to bytes: inout ByteBuffer) {
        if value.isObject {
            var object = JSONObjectWriter()
            var replaced: Set<[UInt8]> = []
            value.forEachMember { name, member in
                let shown = masked(name, in: value, &replaced)
                if hides(name), !(inSchema && member.isObject) {
                    object.add(shown, Self.mark)
                } else {
                    var written = ByteBuffer()
                    write(member, inSchema: inSchema || keepsSchemas && Self.schemas.contains(name), to: &written)
                    object.add(shown, json: written)
                }
            }
            bytes.writeImmutableBuffer(object.finished)
        } else if value.isArray {
            bytes.writeStaticString("[")
            var isFirst = true
            value.forEachElement { element in
                if !isFirst { bytes.writeStaticString(",") }
                isFirst = false
                write(element, inSchema: inSchema, to: &bytes)
            }
            bytes.writeStaticString("]")
        } else {
            write(simple: value, to: &bytes)
        }
    }

    /// The name of a member without the secrets that are known, and unlike those of all others of the object.
    ///
    /// - Parameter replaced: What stands in the place of other names of the object.
    private func masked(_ name: String, in object: JSONView, _ replaced: inout Set<[UInt8]>) -> String {
        let hidden = masked(name)
        guard !hidden.utf8.elementsEqual(name.utf8) else { return name }
        var (unlike, number) = (hidden, 1)
        while object[unlike] != nil || !replaced.insert(Array(unlike.utf8)).inserted {
            number += 1
            unlike = "\(hidden) \(number)"
        }
        return unlike
    }

    private func hides(_ name: String) -> Bool {
        hidesNamed && Self.isSecret(name) && !Self.protocolNames.contains(name)
    }

    private func write(simple value: JSONView, to bytes: inout ByteBuffer) {
        let plain = value.string
        if let plain, hidesNamed, Self.isToken(plain) { return bytes.writeJSONString(Self.mark) }
        let text = plain.map(hidingNamed) ?? String(buffer: value.bytes)
        let hidden = masked(text)
        if hidden == plain ?? text { bytes.writeImmutableBuffer(value.bytes) } else { bytes.writeJSONString(hidden) }
    }

    /// A text that is itself JSON, as results of tools often are, without what names hide in it.
    private func hidingNamed(_ text: String) -> String {
        guard hidesNamed, let first = text.utf8.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            // What is no JSON has no names.
            let inner = try? JSONText(scanning: ByteBuffer(string: text))
        else { return text }
        return holdsNamed(inner.root) ? String(buffer: masked(inner.root)) : text
    }

    private func holdsNamed(_ value: JSONView) -> Bool {
        var found = false
        value.forEachMember { name, member in found = found || hides(name) || holdsNamed(member) }
        value.forEachElement { element in found = found || holdsNamed(element) }
        if let text = value.string { found = Self.isToken(text) || hidingNamed(text) != text }
        return found
    }

    /// Whether what has this name is likely to be a secret.
    package static func isSecret(_ name: String) -> Bool {
        let plain = String(decoding: name.lowercased().utf8.filter { !Array("-_ .".utf8).contains($0) }, as: UTF8.self)
        return secretNames.contains { plain.contains($0) }
    }

    /// Whether a text is a token whatever it is called: one for a header, or a signed one.
    private static func isToken(_ text: String) -> Bool {
        let beginning = text.prefix(7).lowercased()
        return beginning == "bearer " || text.hasPrefix("eyJ") && text.utf8.count { $0 == UInt8(ascii: ".") } >= 2
    }
}
