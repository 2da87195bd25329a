#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the files of an audit.
package enum AuditReader {
    /// What is longer is no line of an audit.
    private static let longestLine = 1 << 20

    /// Looks at the files of one audit, the oldest first, in whatever order they are named.
    package static func verify(_ files: [String]) throws(AuditFault) -> AuditVerification {
        var verification = AuditVerification()
        for file in try inOrder(files) {
            try lines(of: file) { line, number, isWhole in
                verification.take(line, isWhole: isWhole, at: (file, number))
                return true
            }
        }
        verification.end()
        return verification
    }

    /// By the numbers of their first lines. One without any stays where it is named, behind the others.
    private static func inOrder(_ files: [String]) throws(AuditFault) -> [String] {
        var numbered: [(file: String, place: Int, number: Int)] = []
        for (place, file) in files.enumerated() {
            var number = Int.max
            try lines(of: file) { line, _, _ in
                guard let read = AuditLine(line) else { return true }
                number = read.number
                return false
            }
            numbered.append((file, place, number))
        }
        return numbered.sorted { ($0.number, $0.place) < ($1.number, $1.place) }.map(\.file)
    }

    /// Goes through the lines of a file.
    ///
    /// - Parameter body: Gets each without its end, its number from 1 on, and whether it had an end; returns whether to go
    ///   on.
    private static func lines(
        of file: String, _ body: (ArraySlice<UInt8>, Int, Bool) -> Bool
    ) throws(AuditFault) {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw unsafe AuditFault("\(file) cannot be opened (\(String(cString: strerror(errno))))")
        }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var rest: [UInt8] = []
        var number = 0
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe readSome(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                throw unsafe AuditFault("\(file) cannot be read (\(String(cString: strerror(errno))))")
            }
            if count == 0 { break }
            rest += chunk[..<count]
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                guard body(rest[start..<end], number, true) else { return }
                start = end + 1
            }
            rest.removeFirst(start)
            guard rest.count <= longestLine else {
                throw AuditFault("\(file) is no audit: line \(number + 1) is longer than \(longestLine) bytes")
            }
        }
        if !rest.isEmpty { _ = body(rest[...], number + 1, false) }
    }

    private static func readSome(_ descriptor: CInt, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        while true {
            let result = unsafe read(descriptor, start, count)
            guard result < 0, errno == EINTR else { return result }
        }
    }
}
