import MCPCore
package import MCPValues
import NIOCore
package import ProxyConfiguration
package import ToolPins

// MARK: - The file that a team shares

extension KnownPins {
    /// Reads a file that a team shares.
    ///
    /// - Throws: with words that say where it is wrong.
    package static func shared(_ text: [UInt8], of path: String) throws(ConfigurationError) -> [ByteText: PinRecord] {
        do throws(PinTextError) {
            return try PinText.read(ByteBuffer(bytes: text))
        } catch {
            let kind = otherKind(of: text).map { ", but seems to be \($0)" } ?? ""
            let problem = ConfigurationProblem(
                severity: .error, source: path, position: error.offset.map { position(of: $0, in: text) },
                message: "\(error)\(kind)",
                suggestion: "Take the file from where it is kept, or write it anew with mcp-proxy pins export")
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
    }

    /// What stands in the place of such a file that is none, in words; nil where it is one, or nothing is there.
    package static func whatIsNoPins(_ text: [UInt8]) -> String? {
        let isEmpty = text.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard !isEmpty else { return nil }
        do throws(PinTextError) {
            _ = try PinText.read(ByteBuffer(bytes: text))
            return nil
        } catch {
            if let kind = otherKind(of: text) { return kind }
            // What was merged badly, or cut off, has still some of it.
            let isOther = error.code == .noJSON && !String(decoding: text, as: UTF8.self).contains("\"sha256\"")
            return isOther ? "a text that is no JSON" : "a file of pins that is damaged (\(error))"
        }
    }

    /// What a text seems to be rather than pins; nil where it seems to be those.
    private static func otherKind(of text: [UInt8]) -> String? {
        let names = ["mcpProxy", "mcpServers", "clients"]
        // What is no JSON may be YAML, or is told as what it is.
        guard let root = (try? JSONText(scanning: ByteBuffer(bytes: text)))?.root, root.isObject else {
            let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
            return lines.contains { line in names.contains { line.hasPrefix("\($0):") } } ? "a configuration" : nil
        }
        if names.contains(where: { root[$0] != nil }) { return "a configuration" }
        return root["version"] == nil && root["servers"] == nil ? "some other JSON" : nil
    }

    private static func position(of offset: Int, in text: [UInt8]) -> SourcePosition {
        let before = text.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return SourcePosition(
            line: line + 1, column: String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1)
    }
}
