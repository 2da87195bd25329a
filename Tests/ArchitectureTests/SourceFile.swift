import Foundation
import Testing

/// One file of the package, with comments and string literals told apart from code.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// The path below the package, such as `Sources/MCPCore/JSON/JSONScanner.swift`.
    let path: String
    let lines: [String]
    /// The same lines with the contents of comments and string literals blanked.
    let code: [String]

    var testDescription: String { path }

    /// The target that the file belongs to.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All files below a folder of the package whose names end alike.
    static func all(below folder: String, ext: String = "swift") -> [SourceFile] {
        let start = root.appending(path: folder)
        guard let files = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil) else { return [] }
        var found: [SourceFile] = []
        for case let url as URL in files where url.pathExtension == ext {
            // A file that vanishes while we look is one less to judge.
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
            let path = String(url.path.dropFirst(root.path.count)).drop { $0 == "/" }
            found.append(SourceFile(path: String(path), text: text))
        }
        return found.sorted { $0.path < $1.path }
    }

    /// Any text of the package, such as a page of the documentation.
    static func text(at path: String) -> String? {
        // Without it the test that asks fails.
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The package's manifest.
    static var manifest: SourceFile? {
        // Without it the test that asks fails.
        guard let text = try? String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8) else {
            return nil
        }
        return SourceFile(path: "Package.swift", text: text)
    }

    static let sources = all(below: "Sources")
    static let tests = all(below: "Tests")
    static let cSources = all(below: "Sources", ext: "c")

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = Self.blanked(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private enum Mode {
        case code
        case line
        case block(Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    /// The text with everything blanked that is not code. Interpolations count as strings.
    private static func blanked(_ text: String) -> String {
        var output: [Character] = []
        let characters = Array(text)
        var mode = Mode.code
        var index = 0
        func starts(_ prefix: String, at start: Int) -> Bool {
            start + prefix.count <= characters.count && zip(prefix, characters[start...]).allSatisfy { $0 == $1 }
        }
        while index < characters.count {
            let character = characters[index]
            var length = 1
            var isCode = false
            switch mode {
            case .code:
                if starts("//", at: index) {
                    mode = .line
                } else if starts("/*", at: index) {
                    mode = .block(1)
                    length = 2
                } else if character == "\"" || character == "#" {
                    var hashes = 0
                    while index + hashes < characters.count, characters[index + hashes] == "#" { hashes += 1 }
                    if starts("\"", at: index + hashes) {
                        let isMultiline = starts("\"\"\"", at: index + hashes)
                        mode = .string(hashes: hashes, isMultiline: isMultiline)
                        length = hashes + (isMultiline ? 3 : 1)
                    } else {
                        isCode = true
                    }
                } else {
                    isCode = true
                }
            case .line:
                if character.isNewline { mode = .code }
            case .block(let depth):
                if starts("/*", at: index) {
                    mode = .block(depth + 1)
                    length = 2
                } else if starts("*/", at: index) {
                    mode = depth == 1 ? .code : .block(depth - 1)
                    length = 2
                }
            case .string(let hashes, let isMultiline):
                let escape = "\\" + String(repeating: "#", count: hashes)
                let end = (isMultiline ? "\"\"\"" : "\"") + String(repeating: "#", count: hashes)
                if starts(escape, at: index) {
                    length = escape.count + 1
                } else if starts(end, at: index) {
                    mode = .code
                    length = end.count
                }
            }
            for offset in index..<min(index + length, characters.count) {
                let kept = characters[offset]
                output.append(isCode || kept.isNewline ? kept : " ")
            }
            index += length
        }
        return String(output)
    }
}
