import MCPCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The text of a tool and its words, as the reference points were measured with.
enum PlainWords {
    /// Name, description, names of parameters and their descriptions.
    static func text(of tool: JSONView) -> String {
        var parts = [tool["name"]?.string ?? "", tool["description"]?.string ?? ""]
        tool["inputSchema"]?["properties"]?.forEachMember { name, parameter in
            parts += [name, parameter["description"]?.string ?? ""]
        }
        return parts.joined(separator: " ")
    }

    /// Runs of letters and digits in ASCII, in small letters, apart where a capital follows a small letter or a digit.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var last: UInt8 = 0
        for byte in text.utf8 {
            let isCapital = 0x41...0x5A ~= byte
            let small = isCapital ? byte | 0x20 : byte
            let isWord = 0x61...0x7A ~= small || 0x30...0x39 ~= small
            if !isWord || isCapital && (0x61...0x7A ~= last || 0x30...0x39 ~= last), !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word = []
            }
            if isWord { word.append(small) }
            last = byte
        }
        return word.isEmpty ? words : words + [String(decoding: word, as: UTF8.self)]
    }
}

func logarithm(_ value: Double) -> Double { log(value) }
