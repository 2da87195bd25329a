import Crypto
import MCPCore
import NIOCore

/// A file of the dashboard, as it is in the program. It holds nothing of this proxy, so everybody may have it.
struct DashboardFile: Sendable {
    let name: String
    let mediaType: String
    let bytes: ByteBuffer
    /// What stands for these bytes, so that a browser that has them is not sent them again.
    let tag: String

    init(_ name: String, _ content: [UInt8]) {
        self.name = name
        mediaType = Self.mediaType(of: name)
        bytes = ByteBuffer(bytes: content)
        let digest = SHA256.hash(data: content)
        tag = "\"\(Hexadecimal.text(of: digest.prefix(16)))\""
    }

    private static func mediaType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }

    /// Returns a file by its name.
    static func named(_ name: String) -> DashboardFile? {
        all.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
