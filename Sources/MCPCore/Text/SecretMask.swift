/// Takes secrets out of words of others before they are shown.
package enum SecretMask {
    /// What stands in their place.
    private static let mark = Array("…".utf8)
    /// As much of the beginning of a secret as may stand at the end of a text that was cut there.
    private static let longestRest = 3
    /// What is shorter has no form of its own in Base64 that is looked for: it would be found in other words.
    private static let shortestEncoded = 8

    /// The text without the secrets: plain, in Base64, and as URLs, forms, JSON and HTML write them, whatever stands around
    /// them. They are looked for byte by byte, because what follows may make another character of their last one.
    package static func hiding(_ secrets: [String], in text: String) -> String {
        let forms = forms(of: secrets)
        var beginsSecret = [Bool](repeating: false, count: 256)
        for form in forms { beginsSecret[Int(form[0])] = true }
        for escape in "%\\&+".utf8 where !forms.isEmpty { beginsSecret[Int(escape)] = true }
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { beginsSecret[Int($0)] }) else { return text }
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if beginsSecret[Int(bytes[place])], let end = end(ofAny: forms, in: bytes, at: place) {
                output += mark
                place = end
            } else {
                output.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The same for a text that may have been cut in the middle of a secret: what is left of it goes, too.
    package static func hiding(_ secrets: [String], inStartOf text: String) -> String {
        let bytes = Array(hiding(secrets, in: text).utf8)
        let forms = forms(of: secrets)
        let cut = bytes.indices.first { place in
            forms.contains { EscapedText(bytes, at: place).isBeginning(of: $0, longerThan: longestRest) }
        }
        guard let cut else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes[..<cut] + mark, as: UTF8.self)
    }

    /// The longest first: a part of it may be a secret as well.
    private static func forms(of secrets: [String]) -> [[UInt8]] {
        let forms = secrets.flatMap { secret -> [[UInt8]] in
            let plain = Array(secret.utf8)
            guard plain.count >= shortestEncoded else { return [plain] }
            let encoded = Array(Base64.encode(plain).utf8.prefix { $0 != UInt8(ascii: "=") })
            return [plain, encoded, Array(Base64.encodeURL(plain).utf8)]
        }
        return forms.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    private static func end(ofAny forms: [[UInt8]], in bytes: [UInt8], at place: Int) -> Int? {
        forms.lazy.compactMap { form in
            bytes[place...].starts(with: form) ? place + form.count : EscapedText(bytes, at: place).end(of: form)
        }.first
    }
}
