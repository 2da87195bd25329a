/// A template of addresses, as far as it tells which addresses can come of it
/// ([RFC 6570](https://www.rfc-editor.org/rfc/rfc6570)).
struct AddressTemplate {
    private enum Part {
        case literal([UInt8])
        /// `{name}`: no slash can come of it.
        case segment
        /// With an operator, anything can.
        case anything
    }

    private var parts: [Part] = []

    init(_ text: String) {
        var literal: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                literal.append(byte)
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            let isSimple = rest.first.map { Self.isNameCharacter($0) } ?? false
            parts.append(isSimple ? .segment : .anything)
            rest = rest[rest.index(after: end)...]
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        !"+#./;?&".utf8.contains(byte)
    }

    /// Tells whether an address can come of the template.
    func matches(_ address: String) -> Bool {
        let bytes = Array(address.utf8)
        // The places in the address that can be reached with the parts so far.
        var reached = [true] + Array(repeating: false, count: bytes.count)
        for part in parts {
            reached = Self.advance(reached, over: part, in: bytes)
            if !reached.contains(true) { return false }
        }
        return reached[bytes.count]
    }

    private static func advance(_ reached: [Bool], over part: Part, in bytes: [UInt8]) -> [Bool] {
        var next = Array(repeating: false, count: reached.count)
        switch part {
        case .literal(let literal):
            for start in reached.indices where reached[start] && start + literal.count <= bytes.count {
                if bytes[start..<start + literal.count].elementsEqual(literal) { next[start + literal.count] = true }
            }
        case .segment, .anything:
            var isInside = false
            for place in reached.indices {
                if place > 0, case .segment = part, bytes[place - 1] == UInt8(ascii: "/") { isInside = false }
                isInside = isInside || reached[place]
                next[place] = isInside
            }
        }
        return next
    }
}
