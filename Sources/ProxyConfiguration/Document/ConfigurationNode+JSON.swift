extension ConfigurationNode {
    /// The value as JSON in UTF-8, on one line.
    ///
    /// - Throws: The first number that only YAML can write, such as `0x1F`.
    func json() throws(DocumentSyntaxError) -> [UInt8] {
        var text: [UInt8] = []
        try write(into: &text)
        return text
    }

    private func write(into text: inout [UInt8]) throws(DocumentSyntaxError) {
        switch value {
        case .null: text += "null".utf8
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .number(let number):
            guard Self.isJSON(number) else {
                throw DocumentSyntaxError(
                    "the number is written as JSON has none", at: position,
                    write: "Write it in decimal digits, or put it in quotation marks")
            }
            text += number.utf8
        case .string(let string): Self.write(string, into: &text)
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                try element.write(into: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Self.write(member.name, into: &text)
                text.append(UInt8(ascii: ":"))
                try member.value.write(into: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, into text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                text += (byte < 0x10 ? "\\u000" : "\\u00").utf8
                text += String(byte, radix: 16).utf8
            default:
                text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func isJSON(_ number: String) -> Bool {
        do {
            return try JSONDocumentReader.read(Array(number.utf8)).value == .number(number)
        } catch {
            return false
        }
    }
}
