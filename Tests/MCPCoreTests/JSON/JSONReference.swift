/// A slow and obvious reader of RFC 8259, written for these tests alone, to be compared with the scanner.
///
/// It shares nothing with the scanner: it reads Unicode scalars instead of bytes and gathers member names as sets.
struct JSONReference {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private let maximumDepth: Int
    private let refusesDuplicates: Bool

    private struct Refused: Error {}

    /// Whether some bytes are one JSON value that the strict scanner should accept.
    static func accepts(_ bytes: [UInt8], maximumDepth: Int = 128, refusesDuplicates: Bool = true) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var reader = JSONReference(
            scalars: Array(text.unicodeScalars),
            maximumDepth: maximumDepth,
            refusesDuplicates: refusesDuplicates
        )
        do {
            try reader.value(depth: 0)
            reader.space()
            return reader.index == reader.scalars.count
        } catch {
            return false
        }
    }

    private init(scalars: [Unicode.Scalar], maximumDepth: Int, refusesDuplicates: Bool) {
        self.scalars = scalars
        self.maximumDepth = maximumDepth
        self.refusesDuplicates = refusesDuplicates
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func space() {
        while let scalar = next, " \t\r\n".unicodeScalars.contains(scalar) { index += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) throws {
        guard next == scalar else { throw Refused() }
        index += 1
    }

    private mutating func word(_ text: String) throws {
        for scalar in text.unicodeScalars { try take(scalar) }
    }

    private mutating func value(depth: Int) throws {
        space()
        switch next {
        case "{": try object(depth: depth)
        case "[": try array(depth: depth)
        case "\"": _ = try string()
        case "t": try word("true")
        case "f": try word("false")
        case "n": try word("null")
        default: try number()
        }
    }

    private mutating func object(depth: Int) throws {
        guard depth < maximumDepth else { throw Refused() }
        try take("{")
        space()
        if next == "}" {
            index += 1
            return
        }
        var names: Set<[UInt32]> = []
        while true {
            space()
            let name = try string()
            guard names.insert(name).inserted || !refusesDuplicates else { throw Refused() }
            space()
            try take(":")
            try value(depth: depth + 1)
            space()
            if next == "," {
                index += 1
            } else {
                try take("}")
                return
            }
        }
    }

    private mutating func array(depth: Int) throws {
        guard depth < maximumDepth else { throw Refused() }
        try take("[")
        space()
        if next == "]" {
            index += 1
            return
        }
        while true {
            try value(depth: depth + 1)
            space()
            if next == "," {
                index += 1
            } else {
                try take("]")
                return
            }
        }
    }

    /// The scalar values that a string stands for.
    private mutating func string() throws -> [UInt32] {
        try take("\"")
        var units: [UInt32] = []
        while let scalar = next {
            index += 1
            switch scalar {
            case "\"": return units
            case "\\": units.append(try escape())
            case _ where scalar.value < 0x20: throw Refused()
            default: units.append(scalar.value)
            }
        }
        throw Refused()
    }

    private mutating func escape() throws -> UInt32 {
        guard let kind = next else { throw Refused() }
        index += 1
        let simple: [Unicode.Scalar: UInt32] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        if let value = simple[kind] { return value }
        guard kind == "u" else { throw Refused() }
        let unit = try hexUnit()
        guard (0xD800...0xDBFF).contains(unit) else { return unit }
        // Half of a pair is within the grammar: what follows it is then a character of its own.
        let end = index
        guard next == "\\" else { return unit }
        index += 1
        guard next == "u" else {
            index = end
            return unit
        }
        index += 1
        let low = try hexUnit()
        guard (0xDC00...0xDFFF).contains(low) else {
            index = end
            return unit
        }
        return 0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)
    }

    private mutating func hexUnit() throws -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let scalar = next, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw Refused()
            }
            unit = unit * 16 + UInt32(digit)
            index += 1
        }
        return unit
    }

    private mutating func number() throws {
        let start = index
        if next == "-" { index += 1 }
        if next == "0" { index += 1 } else { try digits() }
        if next == "." {
            index += 1
            try digits()
        }
        if next == "e" || next == "E" {
            index += 1
            if next == "+" || next == "-" { index += 1 }
            try digits()
        }
        guard index - start <= 1_024 else { throw Refused() }
    }

    private mutating func digits() throws {
        let start = index
        while let scalar = next, ("0"..."9").contains(scalar) { index += 1 }
        guard index > start else { throw Refused() }
    }
}
