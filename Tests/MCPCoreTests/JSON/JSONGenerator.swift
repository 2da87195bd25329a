import MCPTestSupport

/// Writes random valid JSON and remembers where each value of the outermost object or array stands.
struct JSONGenerator {
    private var random: SeededGenerator
    private(set) var bytes: [UInt8] = []
    /// The outermost value.
    private(set) var root = 0..<0
    /// The values directly inside it.
    private(set) var children: [Range<Int>] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        space()
        root = value(level: 0)
        space()
    }

    private mutating func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func write(_ text: String) { bytes += Array(text.utf8) }

    private mutating func space() {
        guard pick(3) == 0 else { return }
        for _ in 0..<pick(4) { write([" ", "\t", "\n", "\r"][pick(4)]) }
    }

    @discardableResult
    private mutating func value(level: Int) -> Range<Int> {
        let start = bytes.count
        switch pick(level < 5 ? 9 : 6) {
        case 0: write("null")
        case 1: write(pick(2) == 0 ? "true" : "false")
        case 2, 3: number()
        case 4, 5: string()
        case 6: array(level: level)
        default: object(level: level)
        }
        return start..<bytes.count
    }

    private mutating func note(_ range: Range<Int>, level: Int) {
        if level == 0 { children.append(range) }
    }

    private mutating func array(level: Int) {
        write("[")
        space()
        for index in 0..<pick(6) {
            if index > 0 { write(",") }
            space()
            let range = value(level: level + 1)
            note(range, level: level)
            space()
        }
        write("]")
    }

    private mutating func object(level: Int) {
        write("{")
        space()
        // Sometimes more members than the key table searches in order.
        for index in 0..<(pick(8) == 0 ? 15 + pick(30) : pick(6)) {
            if index > 0 { write(",") }
            space()
            // The index keeps names apart, whatever the random rest is.
            write("\"\(index)")
            characters()
            write("\"")
            space()
            write(":")
            space()
            let range = value(level: level + 1)
            note(range, level: level)
            space()
        }
        write("}")
    }

    private mutating func number() {
        let integers = ["0", "7", "-0", "-12", "9007199254740993", "18446744073709551616", "123456789012345678901234"]
        write(integers[pick(integers.count)])
        if pick(3) == 0 { write([".0", ".5", ".000000000000000000001"][pick(3)]) }
        if pick(4) == 0 { write(["e1", "E-3", "e+10", "E05"][pick(4)]) }
    }

    private mutating func string() {
        write("\"")
        characters()
        write("\"")
    }

    private mutating func characters() {
        let pieces = [
            "a", "Zebra", " ", "0123456789abcdef", "é", "e\u{301}", "漢字", "👩‍👩‍👧‍👦", "\u{10FFFF}", "\u{FEFF}", "\u{7F}", "/",
            #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0000"#, #"\u00e9"#, #"\uD83D\uDE00"#,
            #"\uFFFF"#, "{", "}", "[", "]", ":", ",",
        ]
        for _ in 0..<pick(6) { write(pieces[pick(pieces.count)]) }
    }
}
