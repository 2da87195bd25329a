import MCPCore
package import MCPValues
package import NIOCore

/// The records of all servers as a file, which a proxy keeps for its next start and a team in its repository.
///
/// ```json
/// {
///   "version": 1,
///   "servers": {
///     "files": {
///       "tools": {
///         "read": [
///           {"sha256": "…", "definition": {"name":"read"}}
///         ]
///       }
///     }
///   }
/// }
/// ```
///
/// Everything stands in the order of its name and each definition on a line of its own, so that two versions can be
/// compared line by line. A kind stands there when a whole list of it was seen; `incomplete` names those that stand there
/// although none was. Characters that nobody sees are escaped.
package enum PinText {
    static let version = 1

    /// The text of a file, with a line break at its end.
    package static func write(_ records: [ByteText: PinRecord]) -> ByteBuffer {
        var text = ByteBuffer(string: "{\n  \"version\": \(version),\n  \"servers\": ")
        let servers = records.sorted { $0.key < $1.key }
        object(&text, of: servers, indent: 2) { text, record in write(record, to: &text) }
        text.writeString("\n}\n")
        return text
    }

    private static func write(_ record: PinRecord, to text: inout ByteBuffer) {
        var members: [(key: ByteText, value: PinKind?)] = []
        let incomplete = PinKind.allCases.filter { !record.isEstablished($0) && !record.names($0).isEmpty }
        if !incomplete.isEmpty { members.append((ByteText("incomplete"), nil)) }
        for kind in PinKind.allCases.reversed() where record.isEstablished(kind) || incomplete.contains(kind) {
            members.append((ByteText(kind.plural), kind))
        }
        object(&text, of: members, indent: 4) { text, kind in
            guard let kind else {
                text.writeString("[" + incomplete.map { "\"\($0.plural)\"" }.joined(separator: ", ") + "]")
                return
            }
            let names = record.names(kind).map { (key: $0, value: record.accepted(kind, $0)) }
            object(&text, of: names, indent: 6) { text, definitions in write(definitions, to: &text) }
        }
    }

    private static func write(_ definitions: [PinnedDefinition], to text: inout ByteBuffer) {
        text.writeStaticString("[")
        for (index, definition) in definitions.enumerated() {
            text.writeString("\(index > 0 ? "," : "")\n          {\"sha256\": \"\(definition.digest.hex)\", ")
            text.writeStaticString("\"definition\": ")
            text.writeVisibly(json: definition.json)
            text.writeStaticString("}")
        }
        text.writeStaticString("\n        ]")
    }

    private static func object<Value>(
        _ text: inout ByteBuffer, of members: [(key: ByteText, value: Value)], indent: Int,
        _ write: (inout ByteBuffer, Value) -> Void
    ) {
        guard !members.isEmpty else {
            text.writeStaticString("{}")
            return
        }
        let space = String(repeating: " ", count: indent)
        text.writeStaticString("{")
        for (index, member) in members.enumerated() {
            text.writeString("\(index > 0 ? "," : "")\n\(space)  ")
            text.writeVisibly(json: ByteBuffer(jsonString: member.key.text))
            text.writeStaticString(": ")
            write(&text, member.value)
        }
        text.writeString("\n\(space)}")
    }
}

extension ByteBuffer {
    /// Writes JSON with everything escaped that nobody would see.
    fileprivate mutating func writeVisibly(json: ByteBuffer) {
        guard unsafe json.withUnsafeReadableBytes({ unsafe $0.contains { $0 >= 0x7F } }) else {
            writeImmutableBuffer(json)
            return
        }
        // Outside of strings JSON has no such character.
        for scalar in String(buffer: json).unicodeScalars {
            guard PrintableText.isHidden(scalar) || HiddenCharacters.isBlank(scalar) else {
                writeString(String(scalar))
                continue
            }
            for unit in String(scalar).utf16 {
                writeStaticString("\\u")
                for shift in [12, 8, 4, 0] { writeInteger(Hexadecimal.digit(UInt8(unit >> shift & 15))) }
            }
        }
    }
}
