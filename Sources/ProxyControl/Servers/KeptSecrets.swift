import AccessTokens
import Grants
import MCPCore
import NIOCore

/// Seals the secrets of clients of authorization servers in what is kept of a server, so that none stands in a file as it
/// is.
struct KeptSecrets: Sendable {
    /// The member that holds one, wherever it stands below `auth`.
    private static let member = "clientSecret"
    /// The only member of what stands in its place.
    private static let mark = "sealed"

    let seal: Seal

    /// A server's configuration as it is to be kept.
    ///
    /// - Throws: when there is no key to seal with.
    func closed(_ configuration: ByteBuffer, of server: String) throws(GrantStorageFailure) -> ByteBuffer {
        try replaced(in: configuration) { (secret) throws(GrantStorageFailure) in
            guard let text = secret.string else { return secret.bytes }
            let sealed = try seal.close(Array(text.utf8), as: Self.name(of: server))
            var object = JSONObjectWriter()
            object.add(Self.mark, Base64.encode(sealed))
            return object.finished
        }
    }

    /// A server's configuration as it came.
    ///
    /// - Throws: when a secret in it was sealed with another key, or for another server.
    func opened(_ kept: ByteBuffer, of server: String) throws(GrantStorageFailure) -> ByteBuffer {
        try replaced(in: kept) { (secret) throws(GrantStorageFailure) in
            guard secret.isObject else { return secret.bytes }
            guard let sealed = secret[Self.mark]?.string.flatMap({ Base64.decode($0.utf8) }) else {
                throw GrantStorageFailure("it is not as it was written")
            }
            var text = ByteBuffer()
            text.writeJSONString(String(decoding: try seal.open(sealed, as: Self.name(of: server)), as: UTF8.self))
            return text
        }
    }

    private static func name(of server: String) -> String { "secret of \(server)" }

    private typealias Replacing = (JSONView) throws(GrantStorageFailure) -> ByteBuffer

    private func replaced(
        in configuration: ByteBuffer, by body: Replacing
    ) throws(GrantStorageFailure) -> ByteBuffer {
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: configuration).root
        } catch {
            throw GrantStorageFailure("it is no JSON: \(error)")
        }
        // What has none stays as it was written.
        guard root["auth"] != nil else { return configuration }
        var object = JSONObjectWriter()
        for (name, value) in root.members {
            object.add(name, json: name == "auth" ? try replaced(below: value, by: body) : value.bytes)
        }
        return object.finished
    }

    private func replaced(below value: JSONView, by body: Replacing) throws(GrantStorageFailure) -> ByteBuffer {
        guard value.isObject else { return value.bytes }
        var object = JSONObjectWriter()
        for (name, inner) in value.members {
            object.add(name, json: name == Self.member ? try body(inner) : try replaced(below: inner, by: body))
        }
        return object.finished
    }
}
