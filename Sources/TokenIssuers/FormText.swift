import MCPCore
import NIOCore

/// Text as forms send it (`application/x-www-form-urlencoded`).
enum FormText {
    /// Names and values; the names are ours.
    static func write(_ fields: [(name: String, value: [UInt8])]) -> ByteBuffer {
        ByteBuffer(string: fields.map { "\($0.name)=\(encode($0.value))" }.joined(separator: "&"))
    }

    /// Who asks ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)): both parts are encoded like a
    /// form's, so that a colon in them is no end.
    static func basicCredentials(_ name: String, _ secret: String) -> String {
        "Basic " + Base64.encode(Array("\(encode(Array(name.utf8))):\(encode(Array(secret.utf8)))".utf8))
    }

    static func encode(_ bytes: [UInt8]) -> String {
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

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
