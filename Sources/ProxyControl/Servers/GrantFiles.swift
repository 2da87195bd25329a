import Grants
import ProxyConfiguration

/// Keeps grants in the state directory, each in a file of its own.
struct GrantFiles: GrantStorage {
    private static let maximumBytes = 1 << 20

    let directory: StateDirectory

    func read(_ name: String) throws(GrantStorageFailure) -> [UInt8]? {
        do throws(ConfigurationError) {
            return try directory.read(.grant(name), maximumBytes: Self.maximumBytes)
        } catch {
            throw GrantStorageFailure(error.description)
        }
    }

    func write(_ bytes: [UInt8], as name: String) throws(GrantStorageFailure) {
        do throws(StateDirectory.WriteFailure) {
            try directory.replace(.grant(name), with: bytes)
        } catch {
            throw GrantStorageFailure(error.words)
        }
    }

    func names(startingWith beginning: String) throws(GrantStorageFailure) -> [String] {
        do throws(StateDirectory.WriteFailure) {
            return try directory.names(endingWith: StateDirectory.File.grantEnd).filter {
                $0.utf8.starts(with: beginning.utf8)
            }
        } catch {
            throw GrantStorageFailure(error.words)
        }
    }

    func remove(_ name: String) throws(GrantStorageFailure) {
        do throws(StateDirectory.WriteFailure) {
            try directory.remove(.grant(name))
        } catch {
            throw GrantStorageFailure(error.words)
        }
    }
}
