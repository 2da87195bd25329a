import NIOCore

/// A member that some programs take for another, by which the proxy decides what becomes of a message: it would decide by
/// one, and the server go by the other.
struct Lookalike {
    /// Where the name stands, without its quotes.
    let name: ByteRange
    /// What it is taken for.
    let meant: StaticString
    /// The object in which it stands, as a client knows it.
    let place: StaticString

    /// What is wrong, for who wrote it.
    func problem(in bytes: ByteBuffer) -> String {
        let quoted = JSONView(text: bytes, range: name.lowerBound - 1..<name.upperBound + 1).string ?? ""
        return
            "\"\(PrintableText.make(quoted))\" in \(place) is \"\(meant)\" to programs that do not tell upper case from"
            + " lower case; write \"\(meant)\", or leave it out"
    }
}
