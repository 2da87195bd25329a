/// References that servers give: the `endpoint` event and the `Location` header (RFC 3986, section 5.2).
extension HTTPURL {
    /// The address that a reference means when it was found at this address. A fragment is dropped.
    ///
    /// - Throws: `HTTPURLError` when the outcome is not an address that we would call.
    package func resolving(_ reference: String) throws(HTTPURLError) -> HTTPURL {
        guard reference.utf8.count <= Self.maximumLength else { throw HTTPURLError(.length) }
        let bytes = Array(reference.utf8)
        let plain = bytes.prefix { $0 != UInt8(ascii: "#") }
        let text = String(decoding: plain, as: UTF8.self)
        if Self.hasScheme(plain) { return try HTTPURL(text) }
        if text.utf8.starts(with: "//".utf8) { return try HTTPURL("\(origin.scheme.rawValue):\(text)") }
        guard let first = plain.first else { return self }
        if first == UInt8(ascii: "?") {
            return HTTPURL(origin: origin, target: path + (try checkedQuery(plain)))
        }
        let query = plain.firstIndex(of: UInt8(ascii: "?")) ?? plain.endIndex
        var full = Array(plain[..<query])
        if first != UInt8(ascii: "/") {
            let base = Array(path.utf8)
            let end = base.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
            full = Array(base[..<end]) + full
        }
        full = Self.withoutDotSegments(full)
        return HTTPURL(origin: origin, target: try Self.target((full + plain[query...])[...]))
    }

    private func checkedQuery(_ bytes: ArraySlice<UInt8>) throws(HTTPURLError) -> String {
        // `target` puts a slash before what begins with a question mark.
        String(try Self.target(bytes).dropFirst())
    }

    private static func hasScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, ASCII.isLetter(first) else { return false }
        let rest = bytes.drop {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
        return rest.first == UInt8(ascii: ":")
    }

    /// Resolves `.` and `..` in a path that begins with a slash.
    private static func withoutDotSegments(_ path: [UInt8]) -> [UInt8] {
        let dot = UInt8(ascii: ".")
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.elementsEqual([dot, dot]) {
                _ = kept.popLast()
                if isLast { kept.append([]) }
            } else if segment.elementsEqual([dot]) {
                if isLast { kept.append([]) }
            } else {
                kept.append(segment)
            }
        }
        return kept.flatMap { [UInt8(ascii: "/")] + $0 }
    }
}
