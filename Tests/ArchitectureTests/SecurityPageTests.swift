import Foundation
import Testing

/// SECURITY.md says of every promise which tests show it.
@Suite struct SecurityPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The rows below "What the proxy promises": against whom, what, shown by.
    private static func promises() throws -> [[String]] {
        let page = try String(contentsOf: root.appending(path: "SECURITY.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").drop { !$0.hasPrefix("| Against |") }.prefix { $0.hasPrefix("|") }
        return rows.dropFirst(2).map { row in row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test("Every promise of SECURITY.md names tests, and every test that it names exists")
    func tests() throws {
        let folder = Self.root.appending(path: "Tests")
        let files = Set(
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).compactMap { path in
                path.split(separator: "/").last.map(String.init)
            })
        let promises = try Self.promises()
        #expect(promises.count > 10)
        for promise in promises {
            let named =
                promise.last?.split(separator: "`").filter { $0.hasSuffix(".py") || $0.hasSuffix(".swift") } ?? []
            #expect(promise.count == 3 && !named.isEmpty, "\(promise)")
            for name in named { #expect(files.contains(String(name)), "there is no \(name)") }
        }
    }
}
