import MCPCore
import NIOCore

/// One list as clients see it, assembled once: to answer is to copy.
struct OfferedList: Sendable {
    /// How many entries a page has at most, and how many bytes, unless one entry alone has more.
    private static let maximumPageCount = 1_000
    private static let maximumPageBytes = 1 << 20

    /// What one request gets.
    struct Page {
        /// The entries, with commas between them.
        let entries: ByteBuffer
        /// What the next page is asked for with; nil for the last.
        let cursor: String?
    }

    private var bytes = ByteBuffer()
    /// Where each entry ends in the bytes; the next one begins behind a comma.
    private var ends: [Int] = []
    /// Tells this list from one with other entries (FNV-1a, 64 bits): a cursor of another list is refused.
    private var digest: UInt64 = 0xcbf2_9ce4_8422_2325

    var count: Int { ends.count }

    mutating func append(_ entry: ByteBuffer) {
        if !ends.isEmpty { bytes.writeStaticString(",") }
        bytes.writeImmutableBuffer(entry)
        ends.append(bytes.readableBytes)
        for byte in entry.readableBytesView { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// The first page, or the one after a cursor.
    ///
    /// - Throws: when the cursor is none of ours, or of a list that has changed since.
    func page(after cursor: String?) throws(Refusal) -> Page {
        let first = try cursor.map { (cursor) throws(Refusal) in try index(of: cursor) } ?? 0
        let start = first == 0 ? 0 : ends[first - 1] + 1
        var next = first
        while next < ends.count, next - first < Self.maximumPageCount,
            next == first || ends[next] - start <= Self.maximumPageBytes
        {
            next += 1
        }
        let end = next == first ? start : ends[next - 1]
        return Page(
            entries: bytes.getSlice(at: bytes.readerIndex + start, length: end - start) ?? ByteBuffer(),
            cursor: next < ends.count ? "\(String(digest, radix: 16)).\(next)" : nil)
    }

    private func index(of cursor: String) throws(Refusal) -> Int {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, UInt64(parts[0], radix: 16) == digest, let index = Int(parts[1]),
            (1..<max(ends.count, 1)).contains(index)
        else {
            throw Refusal(
                .invalidParams,
                "params.cursor is not one of this list as it is now; ask for the list again without a cursor")
        }
        return index
    }
}
