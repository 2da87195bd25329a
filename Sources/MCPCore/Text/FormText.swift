package import NIOCore

/// Text as forms send it (`application/x-www-form-urlencoded`).
package enum FormText {
    /// The type of such text.
    package static let mediaType: StaticString = "application/x-www-form-urlencoded"

    /// Names and values; the names are ours.
    package static func write(_ fields: [(name: String, value: [UInt8])]) -> ByteBuffer {
        ByteBuffer(string: fields.map { "\($0.name)=\(encode($0.value))" }.joined(separator: "&"))
    }

    /// Who asks ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)): both parts are encoded like a
    /// form's, so that a colon in them is no end.
    package static func basicCredentials(_ name: String, _ secret: String) -> String {
        "Basic " + Base64.encode(Array("\(encode(Array(name.utf8))):\(encode(Array(secret.utf8)))".utf8))
    }

    /// A name or a value as it stands in such text.
    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        for byte in bytes {
            if isPlain(byte) {
                output.append(byte)
            } else {
                let digits = [byte >> 4, byte & 15].map { digit in
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
                }
                output += [UInt8(ascii: "%")] + digits
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The value of the only field of a name; nil where there is none, or more than one: two readers could see two values.
    package static func only(_ name: String, in fields: [(name: String, value: String)]) -> String? {
        let values = fields.filter { $0.name.utf8.elementsEqual(name.utf8) }
        return values.count == 1 ? values[0].value : nil
    }

    /// The names and values of such text; nil where an escape is none, or what it stands for is no UTF-8.
    package static func read(_ text: String) -> [(name: String, value: String)]? {
        var fields: [(name: String, value: String)] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(parts[0]), let value = parts.count == 2 ? decode(parts[1]) : "" else { return nil }
            fields.append((name, value))
        }
        return fields
    }

    private static func decode(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(Hexadecimal.value(of:)),
                    let low = iterator.next().flatMap(Hexadecimal.value(of:))
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
