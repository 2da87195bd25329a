import ProxyConfiguration

// MARK: - What the program was started with, for people

extension ServeCommand {
    /// Returns the options with their values, without what may be secret.
    var shownOptions: [ShownValue] {
        source.shownOptions + [
            .option("--state-dir", stateDirectory.path), .option("--pins", sharedPins.path),
            .option("--log-level", logLevel.word?.rawValue, usual: "info"), logLevel.shownFormat,
        ]
    }
}

extension ConfigurationOptions {
    fileprivate var shownOptions: [ShownValue] {
        func text<Value: Equatable>(_ value: Value, unless usual: Value) -> String? {
            value == usual ? nil : "\(value)"
        }
        return [
            .option(
                "--config", text(RemoteConfigurationRequest.display(config), unless: Self.defaultPath),
                usual: Self.defaultPath),
            .option("--expand-env", text(expandEnv, unless: true), usual: "true"),
            // Its values may be tokens.
            httpHeaders.isEmpty
                ? .option("--http-headers", nil) : ShownValue("--http-headers", nil, from: .commandLine),
            .option(
                "--http-timeout", text(httpTimeout, unless: Self.usualTimeout), usual: "\(Self.usualTimeout)"),
            .option("--insecure", text(insecure, unless: false), usual: "false"),
        ]
    }
}

extension LogLevelOptions {
    fileprivate var shownFormat: ShownValue {
        if format == nil, let name = Self.formatOfEnvironment {
            var value = ShownValue("--log-format", name, from: .environment)
            value.names = [LogFormat.variable]
            return value
        }
        return .option("--log-format", format?.rawValue, usual: LogFormat.text.rawValue)
    }
}

extension ShownValue {
    /// Returns an option with what was given, or else with what counts without it.
    fileprivate static func option(_ name: String, _ given: String?, usual: String = "none") -> ShownValue {
        given.map { ShownValue(name, $0, from: .commandLine) } ?? ShownValue(name, usual, from: .standard)
    }
}
