import Addresses

/// Reads the challenges of one `WWW-Authenticate` field, one after another
/// ([RFC 9110, 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)). What cannot be read ends it.
struct ChallengeReader {
    struct Challenge {
        let scheme: String
        var parameters: [(name: String, value: String)] = []

        /// Returns the value of a parameter, whose name has no case; nil where it is missing, or stands there twice.
        func value(_ name: String) -> String? {
            let values = parameters.filter { ASCII.equal($0.name, name) }
            return values.count == 1 ? values[0].value : nil
        }
    }

    private var rest: Substring.UTF8View

    init(_ field: String) {
        rest = field[...].utf8
    }

    mutating func next() -> Challenge? {
        skip { $0 == UInt8(ascii: ",") || Self.isBlank($0) }
        guard let scheme = token() else { return nil }
        var challenge = Challenge(scheme: scheme)
        skip(while: Self.isBlank)
        skipToken68()
        while let parameter = parameter() { challenge.parameters.append(parameter) }
        return challenge
    }

    /// Returns a parameter and the comma before it; nil, with nothing taken, where something else comes.
    private mutating func parameter() -> (name: String, value: String)? {
        let start = rest
        skip { $0 == UInt8(ascii: ",") || Self.isBlank($0) }
        guard let name = token() else { return nothing(from: start) }
        skip(while: Self.isBlank)
        guard rest.first == UInt8(ascii: "=") else { return nothing(from: start) }
        rest.removeFirst()
        skip(while: Self.isBlank)
        guard let value = rest.first == UInt8(ascii: "\"") ? quoted() : token() else { return nothing(from: start) }
        return (name, value)
    }

    private mutating func nothing(from start: Substring.UTF8View) -> (name: String, value: String)? {
        rest = start
        return nil
    }

    /// Passes over credentials in one piece, which other schemes have in place of parameters.
    private mutating func skipToken68() {
        let start = rest
        guard token() != nil else { return }
        while rest.first == UInt8(ascii: "=") { rest.removeFirst() }
        skip(while: Self.isBlank)
        if rest.first != nil, rest.first != UInt8(ascii: ",") { rest = start }
        // A lone word before a comma is no parameter.
    }

    private mutating func token() -> String? {
        let word = rest.prefix { RequestFields.isNameCharacter($0) || $0 == UInt8(ascii: "/") }
        guard !word.isEmpty else { return nil }
        rest = rest.dropFirst(word.count)
        return String(Substring(word))
    }

    private mutating func quoted() -> String? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func skip(while isSkipped: (UInt8) -> Bool) {
        rest = rest.drop(while: isSkipped)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
