import MCPCore
import MCPValues
import NIOCore

/// One list as clients see it, assembled once: to answer is to copy.
struct OfferedList: Sendable {
    /// How many entries a page has at most, and how many bytes, unless one entry alone has more.
    private static let maximumPageCount = 1_000
    private static let maximumPageBytes = 1 << 20

    /// Holds what one request gets.
    struct Page {
        /// The entries, with commas between them.
        let entries: ByteBuffer
        /// What the next page is asked for with; nil for the last.
        let cursor: String?
    }

    /// One of them, for whoever wants to see some of them only.
    struct Entry {
        /// Where it ends in the bytes; the next one begins behind a comma.
        let end: Int
        /// Whose it is.
        let member: Int
        /// What it stands for, where it is a tool.
        let tool: OfferLists.Target?
        /// Under which name the tool is offered.
        let name: String
    }

    private var bytes = ByteBuffer()
    private var entries: [Entry] = []
    /// Tells this list from one with other entries (as FNV-1a, 64 bits, but by words): a cursor of another list is refused.
    private var digest: UInt64 = 0xcbf2_9ce4_8422_2325

    var count: Int { entries.count }
    var byteCount: Int { bytes.readableBytes }

    /// Visits the entries in their order, each with what is listed of it.
    func forEach(_ body: (Entry, ByteBuffer) -> Void) {
        for (index, entry) in entries.enumerated() { body(entry, text(of: index)) }
    }

    var names: Set<ByteText> { Set(entries.map { ByteText($0.name) }) }

    private func text(of index: Int) -> ByteBuffer {
        let start = start(of: index)
        return bytes.getSlice(at: bytes.readerIndex + start, length: entries[index].end - start) ?? ByteBuffer()
    }

    /// Returns the list with some of its entries.
    func filtered(_ isWanted: (Entry) -> Bool) -> OfferedList {
        var other = OfferedList()
        for (index, entry) in entries.enumerated() where isWanted(entry) {
            other.append(text(of: index), of: entry.member, entry.tool, as: entry.name)
        }
        return other
    }

    private func start(of index: Int) -> Int { index == 0 ? 0 : entries[index - 1].end + 1 }

    mutating func append(_ entry: ByteBuffer, of member: Int, _ tool: OfferLists.Target? = nil, as name: String = "") {
        if !entries.isEmpty { bytes.writeStaticString(",") }
        bytes.writeImmutableBuffer(entry)
        entries.append(Entry(end: bytes.readableBytes, member: member, tool: tool, name: name))
        note(entry)
    }

    /// Eight bytes at once: everybody who calls a tool waits until lists of megabytes are put together.
    private mutating func note(_ entry: ByteBuffer) {
        unsafe entry.withUnsafeReadableBytes { bytes in
            var place = 0
            while place + 8 <= bytes.count {
                note(unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                place += 8
            }
            var rest = UInt64(bytes.count)
            while place < bytes.count {
                rest = rest << 8 | UInt64(unsafe bytes[place])
                place += 1
            }
            note(rest)
        }
    }

    private mutating func note(_ word: UInt64) {
        digest = (digest ^ word) &* 0x100_0000_01b3
        digest ^= digest >> 32
    }

    /// Returns the first page, or the one after a cursor.
    ///
    /// - Throws: when the cursor is none of ours, or of a list that has changed since.
    func page(after cursor: String?) throws(Refusal) -> Page {
        let first = try cursor.map { (cursor) throws(Refusal) in try index(of: cursor) } ?? 0
        let start = start(of: first)
        var next = first
        while next < entries.count, next - first < Self.maximumPageCount,
            next == first || entries[next].end - start <= Self.maximumPageBytes
        {
            next += 1
        }
        let end = next == first ? start : entries[next - 1].end
        return Page(
            entries: bytes.getSlice(at: bytes.readerIndex + start, length: end - start) ?? ByteBuffer(),
            cursor: next < entries.count ? "\(String(digest, radix: 16)).\(next)" : nil)
    }

    private func index(of cursor: String) throws(Refusal) -> Int {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, UInt64(parts[0], radix: 16) == digest, let index = Int(parts[1]),
            (1..<max(entries.count, 1)).contains(index)
        else {
            throw Refusal(
                .invalidParams,
                "params.cursor is not one of this list as it is now; ask for the list again without a cursor")
        }
        return index
    }
}
