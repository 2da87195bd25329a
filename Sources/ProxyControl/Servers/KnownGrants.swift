import Crypto
package import Grants
package import Logging
package import ProxyConfiguration

/// What servers are called with on somebody's behalf, kept for the next start where there is a directory for that.
package enum KnownGrants {
    /// Where the secret may stand under which grants are sealed; else it follows from that of the state directory.
    package static let keyVariable = "MCP_PROXY_STATE_KEY"
    /// Less than this could be guessed.
    private static let minimumKeyBytes = 32
    private static let purpose = Array("mcp-proxy grants".utf8)

    /// - Parameters:
    ///   - secret: What the variable holds; nil where it is not set.
    /// - Throws: when the secret is too short.
    package static func book(
        in directory: StateDirectory?, secret: String?, logger: Logger
    ) throws(ConfigurationError) -> GrantBook {
        guard let directory else {
            return GrantBook(GrantShelf(nil, key: { SymmetricKey(size: .bits256) }, logger: logger))
        }
        let key: Seal.Key
        if let secret, !secret.isEmpty {
            guard secret.utf8.count >= minimumKeyBytes else {
                throw ConfigurationError(
                    code: .invalid,
                    problems: [
                        ConfigurationProblem(
                            severity: .error, source: keyVariable,
                            message: "the secret has \(secret.utf8.count) bytes, which can be guessed",
                            suggestion:
                                "Set one of at least \(minimumKeyBytes), such as the output of: openssl rand -hex 32")
                    ])
            }
            let derived = derive(Array(secret.utf8))
            key = { derived }
        } else {
            key = { () throws(GrantStorageFailure) in
                do throws(ConfigurationError) {
                    return derive(try StateKey(in: directory).bytes)
                } catch {
                    throw GrantStorageFailure(error.description)
                }
            }
        }
        return GrantBook(GrantShelf(GrantFiles(directory: directory), key: key, logger: logger))
    }

    private static func derive(_ secret: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: purpose, outputByteCount: 32)
    }
}
