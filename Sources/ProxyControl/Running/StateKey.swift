import MCPCore
package import ProxyConfiguration

/// The secret of this proxy, from which follows what only it can have made, also after the next start: the identifiers of
/// tasks of clients that have names.
package struct StateKey: Sendable {
    static let byteCount = 32

    let bytes: [UInt8]

    /// One that is known in this run only.
    init() { bytes = RandomBytes.make(Self.byteCount) }

    /// The one in a directory, which is made there at first use; without a directory one for this run.
    ///
    /// - Throws: when it cannot be read, or not be kept.
    package init(in directory: StateDirectory?) throws(ConfigurationError) {
        guard let directory else {
            self.init()
            return
        }
        self = try directory.alone { () throws(ConfigurationError) in
            if let kept = try directory.read(.key, maximumBytes: 1 << 10) { return try StateKey(kept) }
            let new = StateKey()
            do throws(StateDirectory.WriteFailure) {
                try directory.replace(.key, with: new.bytes)
            } catch {
                throw Self.problem("the key of the state directory cannot be written (\(error.words))", "Make room")
            }
            return new
        }
    }

    private init(_ kept: [UInt8]) throws(ConfigurationError) {
        guard kept.count == Self.byteCount else {
            throw Self.problem(
                "state.key has \(kept.count) bytes, not \(Self.byteCount)",
                "Move it away; clients that have names then do not find the tasks that they have begun")
        }
        bytes = kept
    }

    private static func problem(_ message: String, _ suggestion: String) -> ConfigurationError {
        let problem = ConfigurationProblem(
            severity: .error, source: StateDirectory.File.key.name, message: message, suggestion: suggestion)
        return ConfigurationError(code: .unreadable, problems: [problem])
    }
}
