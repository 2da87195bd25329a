/// A pattern of what certificates are called: the subject, a name, or the fingerprint.
struct CertificatePattern {
    /// Of the types of a subject, those that are written by name; others are numbers with points.
    private static let types = ["CN", "O", "OU", "C", "L", "ST", "STREET", "DC", "UID"]
    private static let kinds = ["DNS:", "URI:", "email:"]
    private static let digest = "sha256:"
    private static let digestLength = 64

    /// What may match, for messages.
    static let forms =
        #"Write the subject as "openssl x509 -noout -subject -nameopt RFC2253" prints it ("CN=laptop,O=Example"), "#
        + #"a name with its kind ("DNS:…", "URI:…", "email:…"), or "sha256:" and the fingerprint in 64 small digits without colons"#

    private let text: String
    /// What stands before the first * or ?.
    private let start: String
    private var isWhole: Bool { start.utf8.count == text.utf8.count }

    /// - Parameter text: Without `!`.
    init(_ text: String) {
        self.text = text
        start = String(text.prefix { !Self.isWild($0) })
    }

    private static func isWild(_ character: Character) -> Bool { character == "*" || character == "?" }

    /// Whether there may be a certificate that it means. False only where that is certain.
    var canMatch: Bool {
        if start.hasPrefix(Self.digest) { return canBeDigest }
        if let kind = Self.kinds.first(where: start.hasPrefix) { return canBeName(text.dropFirst(kind.count)) }
        if !isWhole, (Self.kinds + [Self.digest]).contains(where: { $0.hasPrefix(start) }) { return true }
        return canBeSubject(start[...])
    }

    /// Other characters hide in no name: such a name is nobody's.
    private func canBeName(_ rest: Substring) -> Bool {
        !rest.isEmpty && rest.unicodeScalars.allSatisfy { $0 > "\u{20}" && $0 < "\u{7F}" }
    }

    private var canBeDigest: Bool {
        let digits = text.dropFirst(Self.digest.count).filter { !Self.isWild($0) }
        return digits.allSatisfy { ("0"..."9").contains($0) || ("a"..."f").contains($0) }
            && (isWhole ? digits.count == Self.digestLength : digits.count <= Self.digestLength)
    }

    /// Whether a subject may go on like this. Only what stands before the first * is looked at, since that may be anything.
    private func canBeSubject(_ rest: Substring) -> Bool {
        guard let equals = rest.firstIndex(of: "=") else {
            return !isWhole && (Self.types.contains { $0.hasPrefix(rest) } || rest.allSatisfy(Self.isOfNumber))
        }
        let type = rest[..<equals]
        let isType = Self.types.contains { $0 == type } || !type.isEmpty && type.allSatisfy(Self.isOfNumber)
        guard isType else { return false }
        guard let next = Self.nextPart(of: rest[rest.index(after: equals)...]) else { return true }
        return canBeSubject(next)
    }

    private static func isOfNumber(_ character: Character) -> Bool {
        ("0"..."9").contains(character) || character == "."
    }

    /// What stands behind the first comma or plus sign that ends a value; nil where the value goes to the end.
    private static func nextPart(of value: Substring) -> Substring? {
        var isEscaped = false
        for index in value.indices {
            if isEscaped {
                isEscaped = false
            } else if value[index] == "\\" {
                isEscaped = true
            } else if value[index] == "," || value[index] == "+" {
                return value[value.index(after: index)...]
            }
        }
        return nil
    }
}

extension CertificatePattern {
    /// Refuses patterns of a client that mean no certificate whatever is in force: one that was to take something away would
    /// take nothing away.
    static func check(in client: ObjectReader, _ context: inout ConversionContext) {
        guard case .array(let elements)? = client.node("certificates")?.value else { return }
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element.value else { continue }
            let plain = text.hasPrefix("!") ? String(text.dropFirst()) : text
            // That there is nothing in it has been reported.
            guard !plain.isEmpty, !CertificatePattern(plain).canMatch else { continue }
            let shown = ConversionContext.quoted(element).map { " \($0)" } ?? ""
            context.error(
                "the pattern\(shown) can match no certificate", at: element.position,
                client.path("certificates").appending(index: index), write: forms)
        }
    }
}
