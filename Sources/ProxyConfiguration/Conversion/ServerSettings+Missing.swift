extension ConversionContext {
    /// What nobody has filled in within an object, in its name and under the keys that it may have.
    func missing(within path: ConfigurationPath, scope: KeyScope) -> [MissingVariable] {
        missing.filter { variable in
            guard variable.path.isWithin(path) else { return false }
            let keys = variable.path.keys.dropFirst(path.keys.count)
            return keys.first.map { scope.key(ignoringCaseOf: $0) != nil } ?? true
        }
    }

    /// Reports what nobody has filled in where the whole proxy needs it.
    mutating func reportMissing(within path: ConfigurationPath, scope: KeyScope) -> [MissingVariable] {
        let missing = missing(within: path, scope: scope)
        for variable in missing {
            error(
                variable.message, at: variable.position, variable.path, write: variable.suggestion(source: source))
        }
        return missing
    }
}

extension ServerSettings {
    /// Keeps a server from being started that lacks something, and says so; a disabled one is not started anyway.
    mutating func lack(_ missing: [MissingVariable], _ context: inout ConversionContext) {
        cannotStart = missing.reason
        guard !missing.isEmpty else { return }
        // What opens it is not known, so nothing does.
        if missing.contains(where: { $0.path.keys.contains { $0.lowercased() == "authtokens" } }) {
            options.authTokens = [.nobodys]
        }
        guard !options.disabled else { return }
        for variable in missing {
            context.warn(
                "\(variable.message), so the server is not started", at: variable.position, variable.path,
                write: variable.suggestion(source: context.source))
        }
    }
}

extension ServerTransport {
    /// That of a server that cannot be started, as long as it is not known how it would be reached.
    static let unknown = ServerTransport.stdio(
        command: "", arguments: [], environment: [:], workingDirectory: nil)
}

extension Secret {
    /// A token that nobody has, the same for as long as the program runs.
    fileprivate static let nobodys = {
        var generator = SystemRandomNumberGenerator()
        return Secret((0..<4).map { _ in String(generator.next(), radix: 16) }.joined())
    }()
}
