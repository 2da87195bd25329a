package import MCPCore
import NIOCore

/// What makes two requests the same, whoever sends them and when: the method, and what is asked for.
package struct RequestKey: Hashable, Sendable {
    private let method: ByteBuffer
    private let params: ByteBuffer

    /// - Parameter mask: What was left out of the recording, which is left out of the request as well.
    package init(_ method: String, _ params: JSONView?, _ mask: MemberMask) {
        self.method = ByteBuffer(string: method)
        guard let params, params.isObject else {
            self.params = ByteBuffer(string: params.map { String(buffer: $0.bytes) } ?? "{}")
            return
        }
        // In `_meta` stands who asks, and how it is told what becomes of it. What has no canonical form is taken as it is.
        let masked = mask.masked(params)
        self.params = (try? CanonicalJSON.make(masked) { $0 != "_meta" }) ?? masked
    }
}
