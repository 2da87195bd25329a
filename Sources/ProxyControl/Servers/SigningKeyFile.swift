import Grants
package import ProxyConfiguration

/// The file of a private key with which the proxy shows an authorization server who it is (`auth.privateKeyFile`).
package enum SigningKeyFile {
    private static let maximumBytes = 64 << 10

    /// Reads the key, in PEM, as the file has it now.
    static let read: @Sendable (String) throws(GrantFailure) -> String = { path throws(GrantFailure) in
        do throws(SmallFile.Fault) {
            return String(decoding: try SmallFile(path, atMost: maximumBytes).bytes, as: UTF8.self)
        } catch {
            throw .file("auth.privateKeyFile \"\(path)\" \(error)")
        }
    }

    /// Says of the servers that are not disabled which cannot be called with the key that there is now.
    ///
    /// - Returns: The keys of the configuration, each with what is wrong with its file.
    package static func faults(of servers: [ServerSettings]) -> [(keyPath: String, fault: String)] {
        servers.filter { !$0.options.disabled }.compactMap { server in
            guard case .privateKeyFile(let path) = server.authorization.client?.proof else { return nil }
            do throws(GrantFailure) {
                try GrantClient.check(key: try read(path))
                return nil
            } catch {
                return (server.keyPath("auth", "privateKeyFile"), error.words)
            }
        }
    }
}
