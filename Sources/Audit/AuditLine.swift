/// One line of an audit, as its beginning and end say of themselves.
struct AuditLine: Equatable {
    /// The place in the chain.
    let number: Int
    /// What it says of the hash of the line before.
    let previous: String
    let hash: String
    /// How many bytes it says that the end of a run has left before it; nil where it tells of something else.
    let torn: Int?

    private static let previousMark = Array(",\"previous\":\"".utf8)
    private static let hashMark = Array(",\"hash\":\"".utf8)
    private static let tornMark = Array("\"event\":\"start\",\"torn\":".utf8)
    private static let hashLength = 64

    /// Reads a line without its end; nil for what is none, or was changed since it was written.
    init?(_ line: ArraySlice<UInt8>) {
        let endLength = Self.hashMark.count + Self.hashLength + 2
        guard line.count > endLength, line.suffix(2).elementsEqual(Array("\"}".utf8)) else { return nil }
        let content = line.dropLast(endLength)
        let end = line.suffix(endLength)
        guard end.prefix(Self.hashMark.count).elementsEqual(Self.hashMark) else { return nil }
        let hash = String(decoding: end.dropFirst(Self.hashMark.count).dropLast(2), as: UTF8.self)
        let previousLength = Self.previousMark.count + Self.hashLength + 1
        let previous = content.suffix(previousLength)
        guard Self.hash(of: content) == hash, previous.count == previousLength,
            previous.prefix(Self.previousMark.count).elementsEqual(Self.previousMark),
            let number = Self.number(in: content, after: Array("{\"seq\":".utf8))
        else { return nil }
        self.hash = hash
        self.previous = String(decoding: previous.dropFirst(Self.previousMark.count).dropLast(), as: UTF8.self)
        self.number = number
        let rest = content.drop { $0 != UInt8(ascii: ",") }.dropFirst()
        // The time stands before it, which has no comma.
        self.torn = Self.number(in: rest.drop { $0 != UInt8(ascii: ",") }.dropFirst(), after: Self.tornMark)
    }

    private static func hash(of bytes: ArraySlice<UInt8>) -> String {
        unsafe bytes.withUnsafeBytes { unsafe AuditChain.hash(of: $0) }
    }

    private static func number(in bytes: ArraySlice<UInt8>, after mark: [UInt8]) -> Int? {
        guard bytes.starts(with: mark) else { return nil }
        let digits = bytes.dropFirst(mark.count).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
